package org.cchq.migrate.environment;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.inventory.FileTexts;
import org.cchq.migrate.inventory.Inventory;
import org.cchq.migrate.vault.VaultPassword;

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
        return of(EnvironmentFiles.read(root, name, password, problems), problems);
    }

    private static Environment of(EnvironmentFiles files, Problems problems) throws UserException {
        Environment environment = tolerant(files, problems);
        problems.throwIfAny();
        return environment;
    }

    /** The environment as far as its files can be understood: to find out what else is wrong, never to act on. */
    static Environment tolerant(EnvironmentFiles files, Problems problems) {
        Variables variables = Variables.of(files);
        Settings settings = Settings.of(files, variables, problems);
        Environment environment = new Environment(files, files.inventory(), variables, settings);
        for (String host : files.inventory().hosts()) {
            environment.targetHost(host, problems);
        }
        return environment;
    }

    /**
     * The same environment with other texts in some files, on disk unchanged; the vault is not asked for again.
     *
     * @param replaced text by path inside the environment's directory: {@code public.yml}, {@code inventory.ini}. Not
     *     {@code vault.yml}
     * @throws UserException with every problem of all files, each with file and line
     */
    public Environment withFiles(Map<String, String> replaced) throws UserException {
        if (replaced.containsKey("vault.yml")) {
            throw new IllegalArgumentException("vault.yml cannot be replaced");
        }
        Problems problems = new Problems();
        return of(files.with(replaced, problems), problems);
    }

    /**
     * The text of a file of the environment as it was when this was read, or is now if reading had no need of it.
     *
     * @param name path inside the environment's directory
     * @return empty if there is no such file
     */
    public Optional<String> fileText(String name) throws UserException {
        Problems problems = new Problems();
        Optional<String> text = files.texts().text(name, problems);
        problems.throwIfAny();
        return text;
    }

    /**
     * The variables of a host, for templates and settings.
     *
     * @param defaults a YAML file of the weakest variables
     */
    public HostVariables variables(TargetHost host, Path defaults) throws UserException {
        Problems problems = new Problems();
        FileTexts beside = new FileTexts(defaults.resolveSibling(""), String.valueOf(defaults.getParent()), Map.of());
        String text = beside.text(String.valueOf(defaults.getFileName()), problems)
                .orElseThrow(() -> new UserException(defaults + ": there is no such file"));
        YamlMap map = YamlFile.read(text, defaults.toString(), problems);
        problems.throwIfAny();
        return Variables.of(files, host.name(), map);
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

    /** The same on one host, whose variables may say otherwise: {@code code_home}, {@code www_home}, {@code cchq_home}. */
    public String codeDirectory(TargetHost host) throws UserException {
        Problems problems = new Problems();
        Variables own = Variables.of(files, host.name());
        String home = own.text("cchq_home", problems)
                .orElse("/home/" + own.text("cchq_user", problems).orElse("cchq"));
        String www = own.text("www_home", problems).orElse(home + "/www/" + deployEnv());
        String code = own.text("code_home", problems).orElse(www + "/current");
        problems.throwIfAny();
        return code;
    }

    /** Hosts that get localsettings.py: webworkers, celery, proxy, pillowtop, django_manage, formplayer, airflow. */
    public List<TargetHost> commcarehq() throws UserException {
        return hosts("commcarehq");
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

    /** {@code commcare_cloud_ssh_args}, as ssh gets them. */
    public List<String> sshArguments() {
        return settings.sshArguments().words();
    }

    /** Those of them that this tool cannot act on where it connects by itself, such as ProxyCommand. */
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
        Optional<String> value = Variables.of(files, host.name()).text(variable, problems);
        problems.throwIfAny();
        return value;
    }

    /**
     * Names of the migrations of document types, in the order of doctypes.yml; without one, those that HQ has itself.
     *
     * @throws UserException with every problem of the file
     */
    public List<String> doctypeMigrations() throws UserException {
        Problems problems = new Problems();
        List<DoctypeFile.Entry> entries = DoctypeFile.read(files, problems);
        problems.throwIfAny();
        return entries.isEmpty()
                ? DoctypeFile.HQS
                : entries.stream().map(DoctypeFile.Entry::slug).toList();
    }

    Variables variables() {
        return variables;
    }

    EnvironmentFiles files() {
        return files;
    }

    private TargetHost targetHost(String name, Problems problems) {
        Variables own = Variables.of(files, name);
        SshArguments ssh = settings.sshArguments();
        String hostname = text(own, "hostname", problems).orElse(name);
        String user = text(own, "ansible_user", problems)
                .or(() -> text(own, "ansible_ssh_user", problems))
                .or(() -> ssh.option("user"))
                .orElse(remoteUser());
        Optional<Path> key = text(own, "ansible_ssh_private_key_file", problems)
                .or(() -> ssh.option("identityfile"))
                .map(files::path);
        return new TargetHost(
                name,
                text(own, "alt_hostname", problems).orElse(hostname),
                text(own, "ansible_host", problems).orElse(name),
                port(own, name, ssh, problems),
                user,
                key,
                text(own, "encrypted_root", problems).orElse("/opt/data"));
    }

    private int port(Variables own, String host, SshArguments ssh, Problems problems) {
        Optional<String> text = text(own, "ansible_port", problems)
                .or(() -> text(own, "ansible_ssh_port", problems))
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

    /** A variable of a host; set to nothing is not set. */
    private static Optional<String> text(Variables own, String variable, Problems problems) {
        return own.find(variable)
                .filter(value -> !(value instanceof YamlValue.Scalar scalar
                        && scalar.value() instanceof String text
                        && text.isBlank()))
                .flatMap(value -> own.text(variable, value, problems));
    }

    @Override
    public String toString() {
        return "environment " + name();
    }
}
