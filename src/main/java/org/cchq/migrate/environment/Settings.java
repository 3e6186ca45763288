package org.cchq.migrate.environment;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.Secret;
import org.jspecify.annotations.Nullable;

/** The settings of an environment as a whole, defaults filled in. See {@link Environment} for what each means. */
record Settings(
        String deployEnv,
        String cchqUser,
        String remoteUser,
        String codeDirectory,
        String sharedDirectory,
        SshArguments sshArguments,
        Optional<Path> knownHostsFile,
        boolean strictHostKeyChecking,
        Optional<Secret> sudoPassword) {

    static Settings of(EnvironmentFiles files, Variables variables, Problems problems) {
        String deployEnv = deployEnv(files, variables, problems);
        String cchqUser = variables.text("cchq_user", problems).orElse("cchq");
        SshArguments ssh = SshArguments.parse(sshItems(variables, problems));
        Optional<Path> knownHosts = knownHosts(files, ssh);
        return new Settings(
                deployEnv,
                cchqUser,
                variables.text("commcare_cloud_remote_user", problems).orElse("ansible"),
                variables.text("code_home", problems).orElse("/home/" + cchqUser + "/www/" + deployEnv + "/current"),
                sharedDirectory(files, deployEnv, variables, problems),
                ssh,
                knownHosts,
                strict(variables, ssh, knownHosts, problems),
                sudoPassword(variables, problems));
    }

    /** By Ansible's three names, the newest first. */
    private static Optional<Secret> sudoPassword(Variables variables, Problems problems) {
        for (String name : List.of("ansible_become_password", "ansible_become_pass", "ansible_sudo_pass")) {
            Optional<Secret> password = variables.text(name, problems).map(Secret::new);
            if (password.isPresent()) {
                return password;
            }
        }
        return Optional.empty();
    }

    private static String deployEnv(EnvironmentFiles files, Variables variables, Problems problems) {
        Optional<String> name = variables.text("deploy_env", problems);
        if (variables.find("deploy_env").filter(value -> !value.isNull()).isEmpty()) {
            problems.add(
                    files.shown() + "/meta.yml",
                    "there is no deploy_env; set it here (or in public.yml, in the layout of 2018)");
        }
        name.filter(text -> !text.matches("[A-Za-z0-9][A-Za-z0-9_.-]*"))
                .ifPresent(text -> problems.add(
                        variables.placeOf("deploy_env"),
                        "deploy_env is part of remote paths: only letters, digits, dot, dash and underscore"));
        return name.orElse(files.name());
    }

    private static List<String> sshItems(Variables variables, Problems problems) {
        Optional<YamlValue> value = variables.find("commcare_cloud_ssh_args").filter(found -> !found.isNull());
        if (value.isEmpty()) {
            return List.of();
        }
        @Nullable Object items = variables.resolve("commcare_cloud_ssh_args", value.get(), problems);
        if (items instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(String.class::cast).toList();
        }
        problems.add(value.get().place(), "'commcare_cloud_ssh_args' must be a list of texts, one ssh option each");
        return List.of();
    }

    private static Optional<Path> knownHosts(EnvironmentFiles files, SshArguments ssh) {
        Optional<Path> named = ssh.option("userknownhostsfile").map(files::path);
        Path own = files.directory().resolve("known_hosts");
        return named.isPresent() ? named : Optional.of(own).filter(Files::isRegularFile);
    }

    private static boolean strict(Variables variables, SshArguments ssh, Optional<Path> knownHosts, Problems problems) {
        boolean wanted = variables
                .flag("commcare_cloud_strict_host_key_checking", problems)
                .orElse(true);
        return ssh.option("stricthostkeychecking")
                .map(value -> !value.equalsIgnoreCase("no") && !value.equalsIgnoreCase("off"))
                .orElse(wanted || knownHosts.isPresent());
    }

    /** 4.3: one-host environments serve it themselves; production alone has no suffix. */
    private static String sharedDirectory(
            EnvironmentFiles files, String deployEnv, Variables variables, Problems problems) {
        String parent = files.inventory().hosts().size() == 1 ? "/opt/shared" : "/mnt/shared";
        String suffix = deployEnv.equals("production") ? "" : "_" + deployEnv;
        return variables.text("shared_drive_root", problems).orElse(parent + suffix);
    }
}
