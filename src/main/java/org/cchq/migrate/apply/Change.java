package org.cchq.migrate.apply;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.cchq.migrate.render.HostFile;

/**
 * One path of a host that is not as it shall be.
 *
 * @param found what is there
 * @param wanted what shall be there: a content, a link, or nothing
 */
public record Change(FoundPath found, HostFile wanted) {
    public String path() {
        return found.path();
    }

    /** True if something is there that shall not be. */
    public boolean removes() {
        return wanted instanceof HostFile.Absent;
    }

    /** Names the path in file names beside it. */
    String key() {
        return key(path());
    }

    static String key(String path) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(path.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
