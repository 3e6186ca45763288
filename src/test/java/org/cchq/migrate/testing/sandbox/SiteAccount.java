package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.cchq.migrate.testing.HostView;

/**
 * The account of the site on the sandbox's hosts.
 *
 * @param name as its hosts know it
 * @param canGive whether this process may give it files
 */
record SiteAccount(String name, int user, int group, boolean canGive) {
    /** {@code cchq} where hosts can have accounts of their own; for root without that {@code nobody}; else who runs this. */
    static SiteAccount find(boolean views) throws IOException {
        boolean root = System.getProperty("user.name").equals("root");
        if (views) {
            return new SiteAccount("cchq", HostView.SERVICE_ID, HostView.SERVICE_ID, true);
        }
        if (root) {
            return new SiteAccount("nobody", 65_534, 65_534, true);
        }
        Path self = Path.of("/proc/self");
        return new SiteAccount(
                System.getProperty("user.name"),
                (Integer) Files.getAttribute(self, "unix:uid"),
                (Integer) Files.getAttribute(self, "unix:gid"),
                false);
    }

    /** Makes it the owner of a file or directory. */
    Path give(Path path) throws IOException {
        if (canGive) {
            Files.setAttribute(path, "unix:uid", user, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:gid", group, LinkOption.NOFOLLOW_LINKS);
        }
        return path;
    }

    /** Writes a file of its own with this mode: {@code rw-------}. */
    Path write(Path file, String text, String mode) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        return give(file);
    }
}
