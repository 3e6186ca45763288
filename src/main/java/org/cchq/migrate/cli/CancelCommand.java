package org.cchq.migrate.cli;

import static org.cchq.migrate.cli.Arguments.flag;

import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.run.HostAccess;
import org.cchq.migrate.run.HostSession;
import org.cchq.migrate.run.JobDirectory;
import org.cchq.migrate.run.JobStatus;

/** {@code cancel blobs}: asks the running agent to stop, and waits until it has. */
final class CancelCommand implements Command {
    @Override
    public String name() {
        return "cancel";
    }

    @Override
    public String arguments() {
        return Migration.WORDS + " [PHASE] [options]";
    }

    @Override
    public String summary() {
        return "Asks the running agent to finish what it has in hand and to stop; waits until it has.";
    }

    @Override
    public Options options() {
        Options options = new Options();
        options.addOption(flag("json", "one JSON object as the result"));
        return options;
    }

    @Override
    public int run(Site site, CommandLine line) throws UserException, EndpointException, InterruptedException {
        Migration migration = Migration.of(site, line, name(), 1);
        JobsOfHosts.Found found = JobsOfHosts.requireCurrent(site, migration, Migration.phase(line));
        String id = found.status().job().id();
        if (found.status().state() != JobStatus.State.RUNNING) {
            site.console().say("nothing to cancel: no job is running; the last one is " + id);
            return ExitCode.SUCCESS.code();
        }
        HostAccess access = site.access(found.host());
        String who = site.operator() + " on " + site.workplace().machine();
        try (HostSession session = access.open()) {
            new JobDirectory(session.base(), id).cancel(who);
        }
        site.history()
                .add(
                        site.clock().instant().toString(),
                        site.operator(),
                        "cancel " + id,
                        found.host().name(),
                        "asked");
        FollowView.Show show = line.hasOption("json") ? FollowView.Show.JSON : FollowView.Show.SUMMARY;
        int exit = new FollowedJob(site, found.host(), access, migration.word())
                .toItsEnd(id, new FollowView(site.console(), id, show));
        return exit == ExitCode.STOPPED.code() ? ExitCode.SUCCESS.code() : exit;
    }
}
