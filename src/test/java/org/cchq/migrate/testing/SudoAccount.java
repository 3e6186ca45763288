package org.cchq.migrate.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * A login account that may become anybody through sudo, which asks for its password each time. It exists for one process
 * and its children: they see other account files in a mount namespace of their own, and the machine keeps its own.
 *
 * @param name no account of the machine
 */
public record SudoAccount(String name, String password) {
    private static final int ID = 64_123;

    /** Skips the calling test where it cannot be made: only root may, and not in every container. */
    void require() throws Exception {
        Path unshare = RequiredProgram.find("unshare", "util-linux");
        RequiredProgram.find("openssl", "openssl");
        Process tried = new ProcessBuilder(unshare.toString(), "-m", "mount", "--bind", "/etc/passwd", "/etc/passwd")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        Assumptions.assumeTrue(tried.waitFor() == 0, "an account of the test's own needs root with mount namespaces");
    }

    /** Writes the account files into a directory. */
    void write(Path directory) throws Exception {
        Path home = Files.createDirectory(directory.resolve("home"));
        chown(ID + ":65534", home);
        add("/etc/passwd", directory.resolve("passwd"), name + ":x:" + ID + ":65534::" + home + ":/bin/bash\n");
        add("/etc/shadow", directory.resolve("shadow"), name + ":" + hash() + ":19000:0:99999:7:::\n");
        Files.writeString(
                directory.resolve("sudoers"),
                "Defaults env_reset\nroot ALL=(ALL:ALL) ALL\n" + name + " ALL=(ALL:ALL) ALL\n");
        Files.setPosixFilePermissions(directory.resolve("shadow"), PosixFilePermissions.fromString("rw-------"));
        Files.setPosixFilePermissions(directory.resolve("sudoers"), PosixFilePermissions.fromString("r--r-----"));
        chown(ID + ":65534", Files.createDirectory(directory.resolve("tmux")));
    }

    /** The command with these account files in the place of the machine's. */
    static List<String> within(Path directory, List<String> command) {
        String script =
                "set -e; cd \"$1\"; shift; for file in passwd shadow sudoers; do mount --bind $file /etc/$file; done;"
                        + " mount -t tmpfs -o mode=700 none /var/lib/sudo; mount -t tmpfs -o mode=711 none /run/sudo; exec \"$@\"";
        List<String> words = new ArrayList<>(List.of("unshare", "-m", "sh", "-c", script, "sh", directory.toString()));
        words.addAll(command);
        return words;
    }

    private static void add(String original, Path copy, String line) throws IOException {
        Files.copy(Path.of(original), copy);
        Files.writeString(copy, line, StandardOpenOption.APPEND);
    }

    private String hash() throws Exception {
        Process openssl = new ProcessBuilder("openssl", "passwd", "-6", "-stdin").start();
        openssl.getOutputStream().write((password + "\n").getBytes(StandardCharsets.UTF_8));
        openssl.getOutputStream().close();
        String hash = new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (openssl.waitFor() != 0 || !hash.startsWith("$6$")) {
            throw new IOException("openssl passwd failed: " + hash);
        }
        return hash;
    }

    private static void chown(String owner, Path path) throws Exception {
        if (new ProcessBuilder("chown", owner, path.toString()).start().waitFor() != 0) {
            throw new IOException("chown " + owner + " " + path + " failed");
        }
    }
}
