package org.cchq.migrate.apply;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.render.HostFiles.Purpose;
import org.cchq.migrate.ssh.Become;
import org.cchq.migrate.ssh.RemoteShell;
import org.cchq.migrate.ssh.SshConnection;
import org.cchq.migrate.ssh.SshSettings;
import org.cchq.migrate.ssh.SshTarget;
import org.cchq.migrate.testing.SshServer;

/** Hosts that are real sshds on this machine, and one that nobody listens for. */
final class SshHosts implements HostShells, AutoCloseable {
    static final String GONE = "gone";

    private record Door(int port, String user, Path key, Path knownHosts) {}

    private final Map<String, SshServer> servers = new LinkedHashMap<>();
    private final Map<String, Door> doors = new LinkedHashMap<>();
    private final Optional<Secret> sudoPassword;
    private final String account;

    /** @param account as whom files are put in place */
    SshHosts(String account, Optional<Secret> sudoPassword) {
        this.account = account;
        this.sudoPassword = sudoPassword;
    }

    SshHosts with(String host, SshServer server) {
        servers.put(host, server);
        doors.put(host, new Door(server.port(), server.user(), server.privateKey(), server.knownHosts()));
        doors.put(GONE, new Door(1, server.user(), server.privateKey(), server.knownHosts()));
        return this;
    }

    /** A host of another process, as {@link #door} of that one tells it. */
    SshHosts with(String host, int port, String user, Path key, Path knownHosts) {
        doors.put(host, new Door(port, user, key, knownHosts));
        return this;
    }

    SshServer server(String host) {
        return servers.get(host);
    }

    @Override
    public HostShell open(String host, String user) throws EndpointException, InterruptedException {
        Door door = doors.get(host);
        SshConnection connection = SshConnection.connect(
                new SshTarget(host, "127.0.0.1", door.port(), door.user()),
                SshSettings.of(door.knownHosts(), true, List.of(door.key()), warning -> {}));
        return new HostShell(connection, RemoteShell.as(new Become(user, sudoPassword), connection));
    }

    @Override
    public String account(String host, Purpose purpose) {
        return account;
    }

    @Override
    public void close() throws Exception {
        for (SshServer server : servers.values()) {
            server.close();
        }
    }
}
