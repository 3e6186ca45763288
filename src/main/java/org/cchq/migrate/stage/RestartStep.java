package org.cchq.migrate.stage;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.cchq.migrate.apply.HostProcesses;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.environment.TargetHost;

/**
 * Restarts the site's processes that are older than the settings file of their host: host by host, with the environment's
 * {@code cchq_migrate_restart_command}. A host without such processes has nothing to restart; if no host has any, they are
 * looked for in the wrong way.
 */
final class RestartStep implements Step {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final int SHOWN = 5;

    private final Ground ground;

    RestartStep(Ground ground) {
        this.ground = ground;
    }

    @Override
    public String title() {
        return "restart what still has older settings in memory, host by host";
    }

    @Override
    public boolean done(Environment now) throws UserException, InterruptedException {
        List<HostProcesses.Answer> answers = ground.processes(now);
        return answers.stream()
                        .allMatch(answer ->
                                answer.trouble().isEmpty() && answer.older().isEmpty())
                && answers.stream().anyMatch(answer -> !answer.processes().isEmpty());
    }

    @Override
    public List<String> preview(Environment now) throws UserException, InterruptedException {
        List<String> lines = new ArrayList<>();
        for (HostProcesses.Answer answer : ground.processes(now)) {
            if (answer.trouble().isPresent()) {
                lines.add("# " + answer.host() + ": " + answer.trouble().get().message());
            } else if (!answer.processes().isEmpty()) {
                String command = restartCommand(now, host(now, answer.host()));
                lines.add("# " + answer.host() + ": " + answer.processes().size()
                        + (answer.processes().size() == 1 ? " process, with " : " processes, with ")
                        + (command.isEmpty() ? "(cchq_migrate_restart_command is not set)" : command));
            }
        }
        return lines;
    }

    @Override
    public List<String> perform(Environment now) throws UserException, EndpointException, InterruptedException {
        List<String> told = new ArrayList<>();
        List<String> byHand = new ArrayList<>();
        List<HostProcesses.Answer> answers = ground.processes(now);
        if (answers.stream()
                .allMatch(answer ->
                        answer.trouble().isEmpty() && answer.processes().isEmpty())) {
            throw new UserException("on no host is a process of the site to be seen: none of " + now.cchqUser()
                    + " matches cchq_migrate_process_pattern. Correct it in public.yml, or start the site: nobody could"
                    + " tell otherwise whether old settings are still in memory");
        }
        for (HostProcesses.Answer answer : answers) {
            if (answer.trouble().isPresent()) {
                throw new EndpointException(
                        answer.host(), Kind.REFUSED, answer.trouble().get().message());
            }
            if (answer.older().isEmpty()) {
                continue;
            }
            TargetHost host = host(now, answer.host());
            String command = restartCommand(now, host);
            if (command.isEmpty()) {
                byHand.add(answer.host() + ": " + shown(answer));
                continue;
            }
            ground.at("before restarting " + answer.host());
            restart(now, host, command);
            ground.at("after restarting " + answer.host());
            told.add(answer.host() + ": restarted");
        }
        if (!byHand.isEmpty()) {
            throw new UserException("these processes still have older settings in memory:\n  "
                    + String.join("\n  ", byHand)
                    + "\nRestart them (cchq_migrate_restart_command is not set for these hosts); then the same command"
                    + " goes on from here.");
        }
        return told;
    }

    private void restart(Environment now, TargetHost host, String command)
            throws UserException, EndpointException, InterruptedException {
        String user = ground.setting(now, host, "cchq_migrate_restart_user");
        Ground.Said said = ground.command(host, user.isEmpty() ? "root" : user, command);
        if (said.exit() != 0) {
            throw new EndpointException(
                    host.name(),
                    Kind.REFUSED,
                    "Tried to restart the site's processes on " + host.name()
                            + " with cchq_migrate_restart_command but it" + " ended with " + said.exit() + ": "
                            + said.output().strip());
        }
        Instant end = ground.now().plus(PATIENCE);
        while (true) {
            HostProcesses.Answer answer = ground.processes(now, host);
            if (answer.trouble().isEmpty()
                    && answer.older().isEmpty()
                    && !answer.processes().isEmpty()) {
                return;
            }
            if (ground.now().isAfter(end)) {
                throw new EndpointException(
                        host.name(),
                        Kind.REFUSED,
                        "Tried to restart the site's processes on " + host.name() + " but "
                                + (answer.older().isEmpty()
                                        ? "none came back within " + PATIENCE.toMinutes() + " minutes"
                                        : "these are still there after " + PATIENCE.toMinutes() + " minutes: "
                                                + shown(answer)));
            }
            ground.pause(PAUSE);
        }
    }

    private String restartCommand(Environment now, TargetHost host) throws UserException {
        return ground.setting(now, host, "cchq_migrate_restart_command");
    }

    private TargetHost host(Environment now, String name) throws UserException {
        return now.host(name);
    }

    private static String shown(HostProcesses.Answer answer) {
        String first = answer.older().stream()
                .limit(SHOWN)
                .map(process -> process.pid() + " (" + process.firstWords() + ")")
                .collect(Collectors.joining(", "));
        return first
                + (answer.older().size() > SHOWN ? " and " + (answer.older().size() - SHOWN) + " more" : "");
    }
}
