package org.cchq.migrate.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.console.Console;
import org.cchq.migrate.environment.DjangoSettings;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.push.InstalledAgent;
import org.cchq.migrate.run.AgentStart;
import org.cchq.migrate.run.HostAccess;
import org.cchq.migrate.run.HostSession;
import org.cchq.migrate.run.Job;
import org.cchq.migrate.run.JobDirectory;
import org.cchq.migrate.run.JobList;
import org.cchq.migrate.run.JobStatus;
import org.cchq.migrate.ssh.ShellWords;

/** Starts a phase of the agent on a host: looks, pushes, starts detached, follows. */
final class AgentRun {
    private final Site site;
    private final TargetHost host;
    private final Console console;

    AgentRun(Site site, TargetHost host) {
        this.site = site;
        this.host = host;
        this.console = site.console();
    }

    /**
     * @param arguments of the agent, command and slug first
     * @param detach return once it has begun its work
     * @param tmux also open a window that shows its output, in the login user's tmux on the host
     */
    int start(Phase phase, List<String> arguments, FollowView.Show show, boolean detach, boolean tmux)
            throws UserException, EndpointException, InterruptedException {
        DjangoSettings settings = DjangoSettings.of(site.environment(), host);
        HostAccess access = site.access(host);
        String id = Job.id(site.clock().instant(), phase.word());
        try (HostSession session = access.open()) {
            Optional<JobStatus> running = running(session, phase);
            if (running.isPresent()) {
                console.error("another run is going on, on " + host.name() + ": "
                        + running.get().job().id() + ", started by "
                        + running.get().job().by() + ". Follow it with: "
                        + typed("attach " + phase.migration()));
                return ExitCode.LEASE_HELD.code();
            }
            LogDirectory logDirectory = LogDirectory.of(site, host, arguments);
            logDirectory.require(session.base().shell());
            InstalledAgent agent = AgentOnHost.install(site, host, session);
            Job job = new Job(
                    id,
                    phase.migration(),
                    phase.word(),
                    arguments,
                    site.operator(),
                    site.workplace().machine(),
                    Workplace.version(),
                    logDirectory.path());
            console.command(
                    host.name() + " (as " + session.base().shell().user() + "): agent " + ShellWords.join(arguments));
            JobDirectory directory = new JobDirectory(session.base(), id);
            history("start " + ShellWords.join(arguments), "job " + id);
            directory.start(job, new AgentStart(agent, AgentStart.javaOptions(arguments), arguments, settings.json()));
            if (tmux) {
                new TmuxWindow(session, site.environment().cchqUser()).open(directory, console);
            }
        }
        console.say("The agent works on its own.");
        console.say("  this view:   " + typed("attach " + phase.migration()));
        console.say("  to stop it:  " + typed("cancel " + phase.migration()));
        if (detach) {
            return detached(access, id, phase);
        }
        return follow(access, id, phase.migration(), show);
    }

    /** Follows a job to its end and returns its exit status. */
    private int follow(HostAccess access, String id, String migration, FollowView.Show show)
            throws EndpointException, InterruptedException, UserException {
        FollowView view = new FollowView(console, id, show);
        int exit = new FollowedJob(site, host, access, migration).toItsEnd(id, view);
        history("end of job " + id, "exit " + exit);
        return exit;
    }

    private int detached(HostAccess access, String id, Phase phase)
            throws EndpointException, InterruptedException, UserException {
        try (HostSession session = access.open()) {
            Optional<JobStatus> status = JobList.of(session.base(), phase.migration()).stream()
                    .filter(job -> job.job().id().equals(id))
                    .findFirst();
            if (status.isPresent() && status.get().exit().isPresent()) {
                String why = new JobDirectory(session.base(), id).stderr().strip();
                if (!why.isEmpty()) {
                    console.error(why);
                }
                return status.get().exit().getAsInt();
            }
        }
        console.result(id);
        return ExitCode.SUCCESS.code();
    }

    /** A run that this one has to wait for. */
    private static Optional<JobStatus> running(HostSession session, Phase phase)
            throws EndpointException, InterruptedException, UserException {
        return JobList.ofEachPhase(session.base(), phase.migration()).stream()
                .filter(status -> status.state() == JobStatus.State.RUNNING)
                .filter(status -> phase.waitsFor(status.job()))
                .findFirst();
    }

    private void history(String what, String result) throws UserException {
        site.history().add(Instant.now(site.clock()).toString(), site.operator(), what, host.name(), result);
    }

    private String typed(String command) {
        return "cchq-migrate " + site.environment().name() + " " + command;
    }

    /** A copy that can be added to. */
    static List<String> words(List<String> first, List<String> then) {
        List<String> words = new ArrayList<>(first);
        words.addAll(then);
        return words;
    }
}
