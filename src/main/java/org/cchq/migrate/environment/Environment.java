package org.cchq.migrate.environment;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.inventory.Inventory;
import org.cchq.migrate.vault.VaultPassword;
import org.jspecify.annotations.Nullable;

/** One environment, as its directory describes it. Immutable; shows no secret. */
public final class Environment {
    private static final int SSH_PORT = 22;

    private final EnvironmentFiles files;
    private final Inventory inventory;
    private final Variables variables;
    private final Settings settings;

    private Environment(EnvironmentFiles files, Inventory inventory, Variables variables, Settings settings) {
        this.files = files;
        this.inventory = inventory;
        this.variables = variables;
        this.settings = settings;
    }

    /**
     * Reads public.yml, vault.yml, the inventory, meta.yml, proxy.yml and postgresql.yml.
     *
     * @param root the environments directory
     * @param name of the environment: a directory in it
     * @throws UserException with every problem of all files, each with file and line
     */
    public static Environment load(Path root, String name, VaultPassword password) throws UserException {
        Problems problems = new Problems();
        EnvironmentFiles files = EnvironmentFiles.read(root, name, password, problems);
        Inventory inventory = files.inventory();
        Variables variables = new Variables(files.publicFile(), files.generated(), files.vault(), inventory);
        Settings settings = Settings.of(files, variables, problems);
        Environment environment = new Environment(files, inventory, variables, settings);
        for (String host : inventory.hosts()) {
            environment.targetHost(host, problems);
        }
        problems.throwIfAny();
        return environment;
    }

    /** The directory's name, as typed on the command line. */
    public String name() {
        return files.name();
    }

    /** The environment's directory. */
    public Path directory() {
        return files.directory();
    }

    /** The name in remote paths and of processes; may differ from {@link #name()}. */
    public String deployEnv() {
        return settings.deployEnv();
    }

    public Inventory inventory() {
        return inventory;
    }

    /** The account of the site on its hosts, default {@code cchq}. */
    public String cchqUser() {
        return settings.cchqUser();
    }

    /** The account that managed runs log in as, unless a host has {@code ansible_user}; default {@code ansible}. */
    public String remoteUser() {
        return settings.remoteUser();
    }

    /** {@code /home/<cchq_user>/www/<deploy_env>/current}, or {@code code_home} of public.yml. */
    public String codeDirectory() {
        return settings.codeDirectory();
    }

    /** The site's shared directory, where the file-system blob db is: {@code /mnt/shared[_<deploy_env>]}. */
    public String sharedDirectory() {
        return settings.sharedDirectory();
    }

    /** The environment's own known_hosts, or the one that the ssh arguments name; empty: the user's. */
    public Optional<Path> knownHostsFile() {
        return settings.knownHostsFile();
    }

    /** False only if the environment turns the check off and has no known_hosts of its own. */
    public boolean strictHostKeyChecking() {
        return settings.strictHostKeyChecking();
    }

    /** Items of {@code commcare_cloud_ssh_args} that this tool cannot act on, such as ProxyCommand. */
    public List<String> unsupportedSshArguments() {
        return settings.sshArguments().unsupported();
    }

    /** The password for sudo of the login account, {@code ansible_become_password}, {@code ansible_become_pass} or {@code
     * ansible_sudo_pass} of vault.yml. */
    public Optional<Secret> sudoPassword() {
        return settings.sudoPassword();
    }

    /** Every value of vault.yml that no output may show, for masks. */
    public List<Secret> secretValues() {
        return VaultValues.of(files.vault());
    }

    /**
     * One host.
     *
     * @param name an inventory host, or a group of exactly one
     */
    public TargetHost host(String name) throws UserException {
        Problems problems = new Problems();
        TargetHost host = targetHost(inventory.translateHost(name, files.shown()), problems);
        problems.throwIfAny();
        return host;
    }

    /** Hosts of an Ansible host pattern, in the inventory's order. */
    public List<TargetHost> hosts(String pattern) throws UserException {
        Problems problems = new Problems();
        List<TargetHost> hosts = new ArrayList<>();
        for (String name : inventory.hostsMatching(pattern)) {
            hosts.add(targetHost(name, problems));
        }
        problems.throwIfAny();
        return List.copyOf(hosts);
    }

    /**
     * A variable of a host as text: public.yml's, else the inventory's.
     *
     * @return empty if neither sets it
     */
    public Optional<String> setting(TargetHost host, String variable) throws UserException {
        Problems problems = new Problems();
        Optional<String> value = variables.text(variable, problems).or(() -> text(host.name(), variable, problems));
        problems.throwIfAny();
        return value;
    }

    Variables variables() {
        return variables;
    }

    EnvironmentFiles files() {
        return files;
    }

    private TargetHost targetHost(String name, Problems problems) {
        SshArguments ssh = settings.sshArguments();
        String hostname = text(name, "hostname", problems).orElse(name);
        String display = text(name, "alt_hostname", problems).orElse(hostname);
        String user = variables
                .text("ansible_user", problems)
                .or(() -> text(name, "ansible_user", problems))
                .or(() -> text(name, "ansible_ssh_user", problems))
                .or(() -> ssh.option("user"))
                .orElse(remoteUser());
        Optional<Path> key = text(name, "ansible_ssh_private_key_file", problems)
                .or(() -> variables.text("ansible_ssh_private_key_file", problems))
                .or(() -> ssh.option("identityfile"))
                .map(files::path);
        String encryptedRoot = variables
                .text("encrypted_root", problems)
                .or(() -> text(name, "encrypted_root", problems))
                .orElse("/opt/data");
        return new TargetHost(
                name,
                display,
                text(name, "ansible_host", problems).orElse(name),
                port(name, ssh, problems),
                user,
                key,
                encryptedRoot);
    }

    private int port(String host, SshArguments ssh, Problems problems) {
        Optional<String> text = text(host, "ansible_port", problems)
                .or(() -> text(host, "ansible_ssh_port", problems))
                .or(() -> ssh.option("port"));
        if (text.isEmpty()) {
            return SSH_PORT;
        }
        if (text.get().matches("\\d{1,5}")) {
            int port = Integer.parseInt(text.get());
            if (port >= 1 && port <= 65_535) {
                return port;
            }
        }
        problems.add(files.shown(), "host '" + host + "': ansible_port must be a number from 1 to 65535");
        return SSH_PORT;
    }

    private Optional<String> text(String host, String variable, Problems problems) {
        @Nullable
        Object value = variables.resolveHostVariable(
                host, variable, inventory.variables(host).get(variable), problems);
        return Optional.ofNullable(value).map(Object::toString).filter(text -> !text.isBlank());
    }

    @Override
    public String toString() {
        return "environment " + name();
    }
}
