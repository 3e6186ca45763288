package org.cchq.migrate.ssh;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * How to connect.
 *
 * @param knownHosts the file that a host's key must be in
 * @param strict false only where the environment turns strict checking off: an unknown host is then accepted, with a
 *     warning; a changed key is refused all the same
 * @param keys private key files to try, in this order; files that are not there are skipped
 * @param connectTimeout for the TCP connection and the key exchange
 * @param authTimeout for an answer to the login
 * @param keepAlive after so long without a sign of life the server is asked for one; three misses end the connection
 * @param warnings told what a person should know but need not stop for
 */
public record SshSettings(
        Path knownHosts,
        boolean strict,
        List<Path> keys,
        Duration connectTimeout,
        Duration authTimeout,
        Duration keepAlive,
        Consumer<String> warnings) {
    public SshSettings {
        keys = List.copyOf(keys);
    }

    /** The usual times: 30 s to connect, 30 s to log in, a sign of life each 15 s. */
    public static SshSettings of(Path knownHosts, boolean strict, List<Path> keys, Consumer<String> warnings) {
        return new SshSettings(
                knownHosts,
                strict,
                keys,
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ofSeconds(15),
                warnings);
    }
}
