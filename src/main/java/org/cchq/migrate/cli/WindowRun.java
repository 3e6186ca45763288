package org.cchq.migrate.cli;

import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.run.FollowEnd;
import org.cchq.migrate.run.HostAccess;
import org.cchq.migrate.run.HostSession;
import org.cchq.migrate.run.Job;
import org.cchq.migrate.run.JobFollower;
import org.cchq.migrate.run.WindowJob;
import org.cchq.migrate.ssh.CommandOutput;
import org.cchq.migrate.ssh.ShellWords;
import org.cchq.migrate.ssh.SshConnection;

/** A command of HQ's own in a tmux window on the host, followed from here to its end. */
final class WindowRun {
    private static final String MIGRATION = "manage";

    private final Site site;
    private final TargetHost host;

    WindowRun(Site site, TargetHost host) {
        this.site = site;
        this.host = host;
    }

    /**
     * Opens the window and follows the command.
     *
     * @param command the line that runs it, by the account that runs the line
     * @return the command's exit status
     */
    int run(List<String> words, UnaryOperator<String> command)
            throws EndpointException, InterruptedException, UserException {
        HostAccess access = site.access(host);
        String at = site.clock().instant().toString();
        String id = Job.id(site.clock().instant(), phase(words.get(0)));
        String window = words.get(0);
        try (HostSession session = access.open()) {
            SshConnection connection = session.connection();
            requireSudoWithoutPassword(connection);
            Job job = new Job(
                    id,
                    MIGRATION,
                    phase(words.get(0)),
                    words,
                    site.operator(),
                    site.workplace().machine(),
                    Workplace.version(),
                    "");
            WindowJob windowJob = new WindowJob(session.base(), job);
            windowJob.prepare();
            String user = site.environment().cchqUser();
            String line = DjangoManageCommand.asServiceUser(
                    site.environment(),
                    connection.target().user(),
                    "bash -c " + ShellWords.quote(windowJob.script(command.apply(user))));
            site.console()
                    .command(host.name() + " (tmux window '" + window + "', as " + user + "): " + command.apply(user));
            TmuxWindow tmux = new TmuxWindow(connection, user);
            String problem = tmux.open(window, line + "; echo \"exit status $?\"; exec sh");
            if (!problem.isEmpty()) {
                throw new UserException("tmux on " + host.name() + ": " + problem);
            }
            site.console().say("It runs in the window '" + window + "' of tmux on the host: " + tmux.attach());
            site.console()
                    .say("  its output is kept there: "
                            + WindowJob.directory(session.base(), id).path()
                            + "/output.txt, and shown here to its end");
        }
        FollowEnd end = new JobFollower(access, site.sleeper())
                .follow(
                        base -> WindowJob.directory(base, id),
                        new FollowView(site.console(), id, FollowView.Show.OUTPUT));
        int exit = end.exit().orElse(ExitCode.ENDPOINT.code());
        if (end.exit().isEmpty()) {
            site.console()
                    .error("the command died on " + host.name()
                            + " without an exit status: the host was rebooted, or its process was killed");
        }
        site.history()
                .add(
                        at,
                        site.operator(),
                        "django-manage --tmux " + ShellWords.join(words),
                        host.name(),
                        "exit " + exit);
        return exit;
    }

    /** In a window that nobody looks at, sudo would wait for its password for ever. */
    private void requireSudoWithoutPassword(SshConnection connection)
            throws EndpointException, InterruptedException, UserException {
        CommandOutput tried = connection.exec(DjangoManageCommand.asServiceUser(
                        site.environment(), connection.target().user(), "true")
                .replaceFirst("^sudo ", "sudo -n "));
        if (!tried.ok()) {
            throw new UserException("--tmux: on " + host.name() + " "
                    + connection.target().user()
                    + " cannot become " + site.environment().cchqUser() + " without a password (" + tried.complaint()
                    + "), and the window would wait for it. Run the command without --tmux");
        }
    }

    private static String phase(String command) {
        String word =
                command.toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", "-").replaceAll("^-|-$", "");
        return word.isEmpty() ? MIGRATION : word;
    }
}
