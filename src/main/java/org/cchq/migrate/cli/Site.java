package org.cchq.migrate.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.cchq.migrate.apply.HostShells;
import org.cchq.migrate.apply.Masking;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.console.Console;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.push.AgentPush;
import org.cchq.migrate.push.Artifact;
import org.cchq.migrate.push.HostBase;
import org.cchq.migrate.push.JavaChoice;
import org.cchq.migrate.render.Renderer;
import org.cchq.migrate.run.HostAccess;
import org.cchq.migrate.run.HostSession;
import org.cchq.migrate.ssh.Become;
import org.cchq.migrate.ssh.KeptConnections;
import org.cchq.migrate.ssh.Passphrases;
import org.cchq.migrate.ssh.RemoteShell;
import org.cchq.migrate.ssh.SshConfigFile;
import org.cchq.migrate.ssh.SshConnection;
import org.cchq.migrate.ssh.SshSettings;
import org.cchq.migrate.ssh.SshTarget;
import org.cchq.migrate.vault.VaultPassword;
import org.jspecify.annotations.Nullable;

/** The environment that a command works on, and the ways to its hosts. */
final class Site implements AutoCloseable {
    private final Environment environment;
    private final Console console;
    private final Workplace workplace;
    private final VaultPassword vaultPassword;
    private final Passphrases passphrases;
    private final KeptConnections connections = new KeptConnections(clock());
    private final Map<String, AgentPush> pushes = new ConcurrentHashMap<>();
    private @Nullable Artifact agentJar;

    Site(
            Environment environment,
            Console console,
            Workplace workplace,
            VaultPassword vaultPassword,
            Passphrases passphrases) {
        this.environment = environment;
        this.console = console;
        this.workplace = workplace;
        this.vaultPassword = vaultPassword;
        this.passphrases = passphrases;
    }

    Environment environment() {
        return environment;
    }

    Console console() {
        return console;
    }

    Workplace workplace() {
        return workplace;
    }

    Clock clock() {
        return Clock.systemUTC();
    }

    Sleeper sleeper() {
        return Sleeper.SYSTEM;
    }

    History history() {
        return new History(workplace.stateDirectory(environment.name()).resolve("history.jsonl"));
    }

    /** Who types: {@code ann}. */
    String operator() {
        return workplace
                .variable("USER")
                .or(() -> workplace.variable("LOGNAME"))
                .orElse(System.getProperty("user.name"));
    }

    /** The host that runs management commands: the one named, else the first of django_manage. */
    TargetHost manageHost(Optional<String> named) throws UserException {
        List<TargetHost> hosts = environment.hosts(named.orElse("django_manage"));
        if (hosts.isEmpty()) {
            throw new UserException(environment.name() + ": no host matches '" + named.orElse("django_manage") + "'");
        }
        if (named.isPresent() && hosts.size() > 1) {
            throw new UserException("there are " + hosts.size() + " servers in '" + named.get() + "': name one, as "
                    + named.get() + "[0]");
        }
        return hosts.get(0);
    }

    /** Ends the connections. */
    @Override
    public void close() {
        connections.close();
    }

    /** Logged in; over a connection that an earlier step of the command has left, if there is one. */
    SshConnection connect(TargetHost host) throws EndpointException, InterruptedException {
        SshTarget target = new SshTarget(host.name(), host.address(), host.port(), host.user());
        return connections.to(target, () -> logIn(target, host));
    }

    private SshConnection logIn(SshTarget target, TargetHost host) throws EndpointException, InterruptedException {
        Path home = workplace.home();
        List<Path> keys = new ArrayList<>();
        host.privateKeyFile().ifPresent(keys::add);
        SshConfigFile config = SshConfigFile.of(home);
        keys.addAll(config.keys(host.address()));
        Path knownHosts = environment.knownHostsFile().orElse(home.resolve(".ssh/known_hosts"));
        return SshConnection.connect(
                target,
                SshSettings.of(knownHosts, environment.strictHostKeyChecking(), keys, console::warn)
                        .withAgent(
                                config.agent(host.address(), workplace.variables()),
                                config.identitiesOnly(host.address()))
                        .withPassphrases(passphrases));
    }

    /** The hosts, for what is put in place there. */
    HostShells shells() {
        return new SiteShells(this);
    }

    /** What hosts shall have, by the templates of the checkout. */
    Renderer renderer() {
        return new Renderer(workplace.directory().resolve("templates"));
    }

    /** The weakest variables of all. */
    Path defaults() {
        return workplace.directory().resolve("templates/defaults.yml");
    }

    /** The password that opened the vault; empty if it is not encrypted. */
    Optional<Secret> vaultPassword() {
        return vaultPassword.opened();
    }

    /** Hides the vault's values, and what is named like a secret, in what a person is shown. */
    Masking masking() {
        return new Masking(environment.secretValues());
    }

    /** A shell as a user; through sudo unless that is the login user. */
    RemoteShell shell(SshConnection connection, String user) throws UserException {
        Optional<Secret> password = environment.sudoPassword();
        return RemoteShell.as(new Become(user, password), connection);
    }

    /** The host as the service user sees it. */
    HostAccess access(TargetHost host) throws UserException {
        Optional<String> home = environment.setting(host, "cchq_migrate_home");
        if (home.isPresent() && !home.get().startsWith("/")) {
            throw new UserException("cchq_migrate_home: expected an absolute path, found '" + home.get() + "'");
        }
        Become service = new Become(environment.cchqUser(), environment.sudoPassword());
        return new HostAccess() {
            @Override
            public String name() {
                return host.name();
            }

            @Override
            public HostSession open() throws EndpointException, InterruptedException {
                SshConnection connection = connect(host);
                try {
                    return new HostSession(connection, HostBase.of(RemoteShell.as(service, connection), home));
                } catch (EndpointException | InterruptedException | RuntimeException e) {
                    connection.close();
                    throw e;
                }
            }
        };
    }

    /** What pushes the agent to the host; the same one each time. */
    AgentPush push(TargetHost host) throws UserException {
        @Nullable AgentPush known = pushes.get(host.name());
        if (known == null) {
            JavaChoice java = JavaChoice.of(environment.setting(host, "cchq_migrate_java"));
            known = new AgentPush(agentJar(), workplace.cacheDirectory(), java);
            pushes.put(host.name(), known);
        }
        return known;
    }

    /** The agent's jar, read once. */
    synchronized Artifact agentJar() throws UserException {
        @Nullable Artifact known = agentJar;
        if (known == null) {
            known = workplace.agentJar();
            agentJar = known;
        }
        return known;
    }
}
