package org.cchq.migrate.ssh;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How to connect. The SSH agent is never forwarded.
 *
 * @param knownHosts the file that a host's key must be in
 * @param strict false only where the environment turns strict checking off: an unknown host is then accepted, with a
 *     warning; a changed key is refused all the same
 * @param keys private key files to try, in this order; files that are not there are skipped. A {@code .pub} file is a key that
 *     only the agent has
 * @param agent the socket of a running SSH agent; empty: none is asked
 * @param identitiesOnly of the agent's keys only those that {@code keys} names
 * @param passphrases of locked key files, asked for last
 * @param connectTimeout for the TCP connection and the key exchange
 * @param authTimeout for an answer to the login
 * @param keepAlive after so long without a sign of life the server is asked for one; three misses end the connection
 * @param warnings told what a person should know but need not stop for
 */
public record SshSettings(
        Path knownHosts,
        boolean strict,
        List<Path> keys,
        Optional<Path> agent,
        boolean identitiesOnly,
        Passphrases passphrases,
        Duration connectTimeout,
        Duration authTimeout,
        Duration keepAlive,
        Consumer<String> warnings) {
    public SshSettings {
        keys = List.copyOf(keys);
    }

    /** Key files alone, and the usual times: 30 s to connect, 30 s to log in, a sign of life each 15 s. */
    public static SshSettings of(Path knownHosts, boolean strict, List<Path> keys, Consumer<String> warnings) {
        return new SshSettings(
                knownHosts,
                strict,
                keys,
                Optional.empty(),
                false,
                Passphrases.NONE,
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ofSeconds(15),
                warnings);
    }

    /** The same with an agent. */
    public SshSettings withAgent(Optional<Path> socket, boolean onlyNamedKeys) {
        return new SshSettings(
                knownHosts,
                strict,
                keys,
                socket,
                onlyNamedKeys,
                passphrases,
                connectTimeout,
                authTimeout,
                keepAlive,
                warnings);
    }

    /** The same with somebody to ask. */
    public SshSettings withPassphrases(Passphrases asked) {
        return new SshSettings(
                knownHosts,
                strict,
                keys,
                agent,
                identitiesOnly,
                asked,
                connectTimeout,
                authTimeout,
                keepAlive,
                warnings);
    }
}
