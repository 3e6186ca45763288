package org.cchq.migrate.cli;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.ssh.ShellWords;
import org.cchq.migrate.vault.VaultPassword;
import org.jspecify.annotations.Nullable;

/**
 * The ansible-playbook that is installed, called as cchq calls it: inventory, public.yml, what is generated, the user's own
 * options, vault.yml, in the order in which they win. The vault password goes through an environment variable.
 */
final class RealAnsible {
    private static final String PROGRAM = "ansible-playbook";

    private final Site site;
    private final CommandLine line;
    private final Environment environment;

    RealAnsible(Site site, CommandLine line) {
        this.site = site;
        this.line = line;
        this.environment = site.environment();
    }

    /** @return the status of ansible-playbook */
    int run(String playbook) throws UserException, EndpointException, InterruptedException {
        Optional<Path> program = installed();
        if (program.isEmpty()) {
            throw new UserException(
                    playbook + ": cchq-migrate carries out deploy_proxy.yml and deploy_localsettings.yml by"
                            + " itself; for any other playbook ansible-playbook must be installed, and it is not on the PATH");
        }
        Path file = find(playbook);
        Optional<String> branch = Optional.ofNullable(line.getOptionValue("branch"));
        if (branch.isPresent()) {
            String problem = BranchCheck.problem(environment.directory(), branch.get());
            if (!problem.isEmpty()) {
                site.console().error(problem);
                return BranchCheck.WRONG;
            }
        }
        try {
            Path directory = Files.createTempDirectory(
                    "cchq-ansible-",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            try {
                List<String> command = command(program.get(), file, playbook, directory);
                return new CheckAskApply(site.console(), line).run(() -> start(command, "--check"), () -> {
                    String at = site.clock().instant().toString();
                    int status = start(command, "");
                    site.history()
                            .add(at, site.operator(), "ansible-playbook " + playbook, "by Ansible", "exit " + status);
                    return status;
                });
            } finally {
                try (var left = Files.list(directory)) {
                    for (Path path : left.toList()) {
                        Files.delete(path);
                    }
                }
                Files.delete(directory);
            }
        } catch (IOException e) {
            throw new UserException("a temporary directory cannot be used: " + e.getMessage(), e);
        }
    }

    private List<String> command(Path program, Path file, String playbook, Path directory)
            throws IOException, UserException {
        Path own = environment.directory();
        List<String> command = new ArrayList<>(List.of(program.toString(), file.toString()));
        command.addAll(List.of("-i", inventory(own).toString()));
        command.addAll(List.of("-e", "@" + own.resolve("public.yml")));
        if (Files.exists(own.resolve("proxy.yml"))) {
            command.addAll(List.of("-e", "@" + own.resolve("proxy.yml")));
        }
        command.addAll(List.of("-e", "@" + generated(directory)));
        command.addAll(List.of("--diff"));
        Optional.ofNullable(line.getOptionValue("limit")).ifPresent(limit -> command.addAll(List.of("--limit", limit)));
        for (String option : List.of("tags", "skip-tags")) {
            for (String value :
                    Optional.ofNullable(line.getOptionValues(option)).orElse(new String[0])) {
                command.addAll(List.of("--" + option, value));
            }
        }
        List<String> others = new ArrayList<>(line.getArgList());
        others.remove(playbook);
        if (!others.contains("-u") && !others.contains("--user")) {
            command.addAll(List.of("-u", environment.remoteUser()));
        }
        command.addAll(others);
        if (Files.exists(own.resolve("vault.yml"))) {
            command.addAll(List.of("-e", "@" + own.resolve("vault.yml")));
            if (site.vaultPassword().isPresent()) {
                command.add("--vault-password-file=" + passwordScript(directory));
            }
        }
        environment
                .knownHostsFile()
                .ifPresent(known -> command.add("--ssh-common-args=-o UserKnownHostsFile=" + known.toAbsolutePath()));
        return command;
    }

    private int start(List<String> command, String more) throws UserException, InterruptedException {
        List<String> words = new ArrayList<>(command);
        if (!more.isEmpty()) {
            words.add(more);
        }
        site.console().command(ShellWords.join(words));
        ProcessBuilder builder = new ProcessBuilder(words);
        Optional<Secret> password = site.vaultPassword();
        password.ifPresent(secret -> builder.environment().put(VaultPassword.VARIABLE, secret.reveal()));
        if (!environment.strictHostKeyChecking()) {
            builder.environment().put("ANSIBLE_HOST_KEY_CHECKING", "False");
        }
        try {
            Process process = builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .start();
            Thread errors = new Thread(
                    () -> copy(process.getErrorStream(), site.console().conversationStream()), "ansible-stderr");
            errors.start();
            try {
                copy(process.getInputStream(), site.console().resultStream());
                errors.join();
                return process.waitFor();
            } finally {
                process.destroy();
            }
        } catch (IOException e) {
            throw new UserException(words.get(0) + " cannot be started: " + e.getMessage(), e);
        }
    }

    private static void copy(InputStream from, OutputStream to) {
        try {
            from.transferTo(to);
            to.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot pass on what ansible-playbook wrote", e);
        }
    }

    private Optional<Path> installed() {
        return Arrays.stream(site.workplace()
                        .variable("PATH")
                        .orElse("/usr/local/bin:/usr/bin:/bin")
                        .split(":", -1))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, PROGRAM))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** In ansible/ of the checkout, else as it is named. */
    private Path find(String playbook) throws UserException {
        Path shipped = site.workplace().directory().resolve("ansible").resolve(playbook);
        Path named = Path.of(playbook).toAbsolutePath();
        if (Files.isRegularFile(shipped)) {
            return shipped;
        }
        if (Files.isRegularFile(named)) {
            return named;
        }
        throw new UserException(playbook + ": is neither in " + shipped.getParent()
                + " nor a file; commcare-cloud's own" + " playbooks are not part of cchq-migrate");
    }

    private static Path inventory(Path own) throws UserException {
        for (String name : List.of("inventory.ini", "inventory.csv", "inventory")) {
            if (Files.exists(own.resolve(name))) {
                if (name.equals("inventory.csv")) {
                    throw new UserException(
                            own.resolve(name) + ": plain ansible-playbook cannot read inventory.csv; deploy"
                                    + " with cchq-migrate itself, or with commcare-cloud");
                }
                return own.resolve(name);
            }
        }
        throw new UserException(own + ": has no inventory");
    }

    private Path generated(Path directory) throws IOException {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("deploy_env", environment.deployEnv());
        environment.knownHostsFile().ifPresent(file -> values.put("known_hosts_file", file.toString()));
        return Files.writeString(directory.resolve("generated.json"), Json.write(values) + "\n");
    }

    private static Path passwordScript(Path directory) throws IOException {
        Path script = Files.writeString(
                directory.resolve("password"), "#!/bin/sh\nprintf '%s\\n' \"$" + VaultPassword.VARIABLE + "\"\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return script;
    }
}
