package org.cchq.migrate.apply;

import org.cchq.migrate.ssh.RemoteShell;
import org.cchq.migrate.ssh.SshConnection;

/** A shell on a host and the connection that it goes over. */
public record HostShell(SshConnection connection, RemoteShell shell) implements AutoCloseable {
    @Override
    public void close() {
        connection.close();
    }
}
