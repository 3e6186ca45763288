package org.cchq.migrate.environment;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.Remark.Level;
import org.cchq.migrate.vault.VaultPassword;

/**
 * Everything that is wrong, doubtful or worth knowing in the files of an environment, all of it at once. Touches no host.
 *
 * @param environment the directory's name
 * @param remarks errors first, then warnings, then notes; each once
 * @param settings names of the settings that an agent would be given, by host
 */
public record EnvironmentCheck(String environment, List<Remark> remarks, Map<String, Set<String>> settings) {
    public EnvironmentCheck {
        remarks = List.copyOf(remarks);
        settings = Map.copyOf(settings);
    }

    /** True if nothing stands in the way of a run or a deployment. */
    public boolean passed() {
        return remarks.stream().noneMatch(remark -> remark.level() == Level.ERROR);
    }

    /** Reads and checks; a file that cannot be read is an error among the others. */
    static EnvironmentCheck of(Path root, String name, VaultPassword password) {
        Remarks remarks = new Remarks();
        EnvironmentFiles files = EnvironmentFiles.read(root, name, password, remarks.errors());
        Environment environment = Environment.tolerant(files, remarks.errors());
        files.inventory().remarks().forEach(text -> remarks.warn(files.shown(), text));
        layout(environment, remarks);
        Map<String, Set<String>> settings = settings(environment, remarks);
        new ValueChecks(files, remarks).run();
        new HostChecks(environment, remarks).run();
        new BlobChecks(environment, remarks).run();
        new DoctypeChecks(environment, remarks).run();
        return new EnvironmentCheck(name, remarks.all(), settings);
    }

    private static void layout(Environment environment, Remarks remarks) {
        EnvironmentFiles files = environment.files();
        if (!environment.deployEnv().equals(files.name())) {
            remarks.note(
                    environment.variables().placeOf("deploy_env"),
                    "deploy_env '" + environment.deployEnv() + "' is not the directory's name '" + files.name()
                            + "': remote paths, nginx files and process names have '" + environment.deployEnv() + "'");
        }
        environment
                .unsupportedSshArguments()
                .forEach(argument -> remarks.warn(
                        environment.variables().placeOf("commcare_cloud_ssh_args"),
                        "'" + argument + "' is not supported and is left out: hosts must be reachable without it"));
    }

    private static Map<String, Set<String>> settings(Environment environment, Remarks remarks) {
        Map<String, Set<String>> settings = new LinkedHashMap<>();
        List<String> hosts = environment.inventory().groupHosts("django_manage");
        if (hosts.isEmpty()) {
            remarks.warn(
                    environment.files().shown(),
                    "the inventory has no group django_manage, or no host in it: management commands and the agent need"
                            + " '--server HOST', and 'run blobs' cannot choose a host by itself; add the group, for"
                            + " instance as child of webworkers");
        }
        List<String> each = hosts.isEmpty() ? List.of("") : hosts;
        for (String host : each) {
            try {
                settings.put(
                        host, DjangoSettings.ofHost(environment, host).masked().keySet());
            } catch (UserException e) {
                addLines(e, remarks.errors());
            }
        }
        settings.remove("");
        return settings;
    }

    /** Problems of one reader that told all of its own at once. */
    private static void addLines(UserException refused, Problems into) {
        for (String line : List.of(String.valueOf(refused.getMessage()).split("\n", -1))) {
            into.add(new UserException(line));
        }
    }

    /** How many remarks are of that level. */
    public long count(Level level) {
        return remarks.stream().filter(remark -> remark.level() == level).count();
    }
}
