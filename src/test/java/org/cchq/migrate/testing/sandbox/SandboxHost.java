package org.cchq.migrate.testing.sandbox;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.testing.HostView;
import org.cchq.migrate.testing.SshServer;

/**
 * One host of the sandbox: a loopback address with its own sshd, and a directory in which lies what is at fixed places on a
 * host of its own. The environment tells those places as variables of the host.
 */
final class SandboxHost implements AutoCloseable {
    private static final String RELEASE = "2019-05-28_09.15";

    private final String name;
    private final String address;
    private final Path directory;
    private final SshServer ssh;
    private final Map<String, String> variables = new LinkedHashMap<>();

    private SandboxHost(String name, String address, Path directory, SshServer ssh) {
        this.name = name;
        this.address = address;
        this.directory = directory;
        this.ssh = ssh;
    }

    /**
     * Starts one.
     *
     * @param views whether those who log in see the site's account and /opt/data as on a host of its own
     */
    static SandboxHost start(Scratch scratch, String name, String address, SiteAccount account, boolean views)
            throws Exception {
        Path directory = scratch.open(name);
        Path home = account.give(scratch.open(name + "/home/cchq"));
        Path data = scratch.open(name + "/opt/data");
        Path migrate = account.give(scratch.open(name + "/opt/cchq-migrate"));
        for (String part :
                new String[] {"", "/sandbox", "/sandbox/log", "/sandbox/releases", "/sandbox/releases/" + RELEASE}) {
            account.give(scratch.open(name + "/home/cchq/www" + part));
        }
        account.give(Files.createSymbolicLink(
                home.resolve("www/sandbox/current"), home.resolve("www/sandbox/releases/" + RELEASE)));
        Optional<HostView> view =
                views ? Optional.of(HostView.write(scratch.open(name + "/etc"), home, data)) : Optional.empty();
        SandboxHost host = new SandboxHost(
                name, address, directory, SshServer.startAt(address, scratch.open(name + "/sshd"), view));
        host.set("cchq_home", home);
        host.set("cchq_migrate_home", migrate);
        if (!views) {
            host.set("encrypted_root", data);
        }
        return host;
    }

    /** The group of one that names it. */
    String name() {
        return name;
    }

    /** Its name in the inventory. */
    String address() {
        return address;
    }

    SshServer ssh() {
        return ssh;
    }

    /** Everything that is the host's own. */
    Path directory() {
        return directory;
    }

    /** What it sees as {@code encrypted_root}. */
    Path data() {
        return directory.resolve("opt/data");
    }

    Path logHome() {
        return directory.resolve("home/cchq/www/sandbox/log");
    }

    Path localSettings() {
        return directory.resolve("home/cchq/www/sandbox/current/localsettings.py");
    }

    /** Gives it a variable in the inventory. */
    void set(String variable, Object value) {
        variables.put(variable, value.toString());
    }

    /** Its section of variables in the inventory. */
    String variablesSection() {
        StringBuilder text = new StringBuilder("\n[" + name + ":vars]\n");
        variables.forEach((variable, value) ->
                text.append(variable).append('=').append(value).append('\n'));
        return text.toString();
    }

    @Override
    public void close() throws Exception {
        ssh.close();
    }
}
