package org.cchq.migrate.cli;

import org.cchq.migrate.apply.HostShell;
import org.cchq.migrate.apply.HostShells;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.render.HostFiles.Purpose;
import org.cchq.migrate.ssh.RemoteShell;
import org.cchq.migrate.ssh.SshConnection;

/** The hosts of an environment, logged in to as its managed runs are. */
final class SiteShells implements HostShells {
    /** Who puts nginx's files in place and reloads it, where that is not root. */
    private static final String PROXY_USER = "cchq_migrate_proxy_user";

    private final Site site;

    SiteShells(Site site) {
        this.site = site;
    }

    @Override
    public HostShell open(String host, String user) throws UserException, EndpointException, InterruptedException {
        SshConnection connection = site.connect(site.environment().host(host));
        RemoteShell shell = site.shell(connection, user);
        return new HostShell(connection, shell);
    }

    @Override
    public String account(String host, Purpose purpose) throws UserException {
        if (purpose == Purpose.LOCALSETTINGS) {
            return site.environment().cchqUser();
        }
        TargetHost target = site.environment().host(host);
        return site.environment().setting(target, PROXY_USER).orElse("root");
    }
}
