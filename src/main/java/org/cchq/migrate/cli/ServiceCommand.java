package org.cchq.migrate.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.cchq.migrate.apply.HostShell;
import org.cchq.migrate.apply.HostShells;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.environment.HostVariables;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.ssh.CommandOutput;

/**
 * {@code service commcare restart|status}: the processes of the site, by the command that the environment configures. One host
 * after the other, webworkers last, as cchq does.
 */
final class ServiceCommand implements Command {
    private static final String RESTART = "cchq_migrate_restart_command";
    private static final String USER = "cchq_migrate_restart_user";

    private record Restart(String host, String command, String user) {}

    @Override
    public String name() {
        return "service";
    }

    @Override
    public String arguments() {
        return "commcare restart|status [options]";
    }

    @Override
    public String summary() {
        return "Restarts the processes of the site, or tells which are older than their host's localsettings.py.";
    }

    @Override
    public Options options() {
        Options options = new Options();
        options.addOption(UpdateConfigCommand.limit());
        options.addOption(Option.builder()
                .longOpt("quiet")
                .desc("ask nothing: the answer is yes")
                .get());
        return options;
    }

    @Override
    public int run(Site site, CommandLine line) throws UserException, EndpointException, InterruptedException {
        List<String> words = line.getArgList();
        if (words.size() != 2
                || !words.get(0).equals("commcare")
                || !words.get(1).matches("restart|status")) {
            throw new UsageException("service: known is only: service commcare restart|status");
        }
        List<TargetHost> hosts = hosts(site.environment(), Optional.ofNullable(line.getOptionValue("limit")));
        if (words.get(1).equals("status")) {
            new RestartNotice(site).say(hosts.stream().map(TargetHost::name).toList());
            return 0;
        }
        List<Restart> restarts = new ArrayList<>();
        for (TargetHost host : hosts) {
            restart(site, host).ifPresent(restarts::add);
        }
        if (restarts.isEmpty()) {
            throw new UserException(site.environment().name() + ": no host has " + RESTART
                    + ", the command that restarts the site's processes there; set it in public.yml or for hosts");
        }
        restarts.forEach(one -> site.console().command(one.host() + " (as " + one.user() + "): " + one.command()));
        if (!line.hasOption("quiet")
                && !site.console().confirm("Restart the processes of the site on " + restarts.size() + " hosts?")) {
            return 0;
        }
        return onEach(site, restarts);
    }

    private static List<TargetHost> hosts(Environment environment, Optional<String> limit) throws UserException {
        List<TargetHost> hosts = new ArrayList<>(environment.commcarehq());
        if (limit.isPresent()) {
            hosts.retainAll(environment.hosts(limit.get()));
        }
        if (hosts.isEmpty()) {
            throw new UserException(environment.name() + ": no such host of the site");
        }
        if (environment.inventory().groups().containsKey("webworkers")) {
            List<TargetHost> last = new ArrayList<>(hosts);
            last.retainAll(environment.hosts("webworkers"));
            hosts.removeAll(last);
            hosts.addAll(last);
        }
        return hosts;
    }

    private static Optional<Restart> restart(Site site, TargetHost host) throws UserException {
        HostVariables variables = site.environment().variables(host, site.defaults());
        String command = variables.find(RESTART).map(Object::toString).orElse("");
        String user = variables.find(USER).map(Object::toString).orElse("");
        return command.isBlank()
                ? Optional.empty()
                : Optional.of(new Restart(host.name(), command, user.isBlank() ? "root" : user));
    }

    /** A host that fails ends it: the others still work. */
    private static int onEach(Site site, List<Restart> restarts) throws UserException, InterruptedException {
        HostShells shells = site.shells();
        Recap recap = new Recap();
        for (Restart one : restarts) {
            String at = site.clock().instant().toString();
            Recap.Result result = Recap.Result.FAILED;
            try (HostShell host = shells.open(one.host(), one.user())) {
                CommandOutput output = host.shell().run(one.command());
                result = output.ok() ? Recap.Result.CHANGED : Recap.Result.FAILED;
                if (!output.ok()) {
                    site.console().error(one.host() + ": " + site.masking().masked(output.complaint()));
                }
            } catch (EndpointException e) {
                result = e.retryable() ? Recap.Result.UNREACHABLE : Recap.Result.FAILED;
                site.console().error(one.host() + ": " + e.getMessage());
            }
            recap.add(one.host(), result);
            site.history().add(at, site.operator(), "service commcare restart", one.host(), result.name());
            if (result != Recap.Result.CHANGED) {
                site.console().error("The hosts after " + one.host() + " were left alone");
                break;
            }
        }
        recap.lines().forEach(site.console()::result);
        return recap.status();
    }
}
