package org.cchq.migrate.environment;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A host and how to reach it.
 *
 * @param name the inventory's name
 * @param displayName the name for people: {@code alt_hostname}, else {@code hostname}, else the name
 * @param address what ssh connects to: {@code ansible_host}, else the name
 * @param port 1 to 65535, default 22
 * @param user the account that managed runs log in as
 * @param privateKeyFile the key to log in with; empty: ssh's own default keys
 * @param encryptedRoot directory for data, default {@code /opt/data}
 */
public record TargetHost(
        String name,
        String displayName,
        String address,
        int port,
        String user,
        Optional<Path> privateKeyFile,
        String encryptedRoot) {}
