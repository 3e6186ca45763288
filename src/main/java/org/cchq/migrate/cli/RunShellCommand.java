package org.cchq.migrate.cli;

import static org.cchq.migrate.cli.Arguments.flag;
import static org.cchq.migrate.cli.Arguments.valued;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.ssh.ShellWords;

/** {@code run-shell-command}: one command line on many hosts, shown as Ansible's ad-hoc mode shows it. */
final class RunShellCommand implements Command {
    private static final int HOSTS_AT_ONCE = 20;
    private static final String SKIPPED_GROUP = "ansible_skip";

    @Override
    public String name() {
        return "run-shell-command";
    }

    @Override
    public String arguments() {
        return "PATTERN 'COMMAND' [options]";
    }

    @Override
    public String summary() {
        return "Runs a shell command on every host of an Ansible pattern.";
    }

    @Override
    public Options options() {
        Options options = new Options();
        options.addOption(Option.builder("b").longOpt("become").desc("as root").get());
        options.addOption(valued("become-user", "USER", "as this user"));
        options.addOption(flag("silence-warnings", "accepted, no effect"));
        options.addOption(flag("quiet", "ask nothing: a command that begins with sudo runs"));
        return options;
    }

    @Override
    public int run(Site site, CommandLine line) throws UserException, EndpointException, InterruptedException {
        List<String> words = line.getArgList();
        if (words.size() != 2) {
            throw new UsageException(
                    "run-shell-command: expected a pattern and one quoted command, found " + words.size() + " words");
        }
        String command = words.get(1);
        if (command.startsWith("sudo ")
                && !line.hasOption("quiet")
                && !site.console().confirm("-b does what sudo does, with the vault's password. Run it as it is?")) {
            return 0;
        }
        List<TargetHost> hosts = new ArrayList<>(site.environment().hosts(words.get(0)));
        List<String> skipped = site.environment().inventory().groups().containsKey(SKIPPED_GROUP)
                ? site.environment().inventory().groupHosts(SKIPPED_GROUP)
                : List.of();
        hosts.removeIf(host -> skipped.contains(host.name()));
        if (hosts.isEmpty()) {
            throw new UserException("no host matches '" + words.get(0) + "'");
        }
        String become = line.hasOption("become-user")
                ? line.getOptionValue("become-user")
                : line.hasOption("become") ? "root" : "";
        String at = site.clock().instant().toString();
        int exit = onAll(site, hosts, become, command);
        site.history()
                .add(
                        at,
                        site.operator(),
                        "run-shell-command " + ShellWords.join(words) + (become.isEmpty() ? "" : " as " + become),
                        hosts.size() == 1 ? hosts.get(0).name() : hosts.size() + " hosts",
                        "exit " + exit);
        return exit;
    }

    /** Hosts are shown as they end, as Ansible does. Unreachable outweighs failed. */
    private static int onAll(Site site, List<TargetHost> hosts, String become, String command)
            throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(Math.min(HOSTS_AT_ONCE, hosts.size()));
        try {
            List<Future<Integer>> results = new ArrayList<>();
            for (TargetHost host : hosts) {
                results.add(pool.submit(() -> {
                    HostResult result = HostResult.of(site, host, become, command);
                    site.console().result(result.text());
                    return result.exit();
                }));
            }
            int exit = 0;
            for (Future<Integer> result : results) {
                exit = Math.max(exit, result.get());
            }
            return exit;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }
}
