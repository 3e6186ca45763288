package org.cchq.migrate.run;

import org.cchq.migrate.push.HostBase;
import org.cchq.migrate.ssh.SshConnection;

/** A connection to a host, and this tool's directory there as the service user sees it. */
public record HostSession(SshConnection connection, HostBase base) implements AutoCloseable {
    @Override
    public void close() {
        connection.close();
    }
}
