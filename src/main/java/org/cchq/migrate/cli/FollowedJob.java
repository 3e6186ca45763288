package org.cchq.migrate.cli;

import java.util.List;
import java.util.Set;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.report.RunReport;
import org.cchq.migrate.run.FollowEnd;
import org.cchq.migrate.run.HostAccess;
import org.cchq.migrate.run.HostSession;
import org.cchq.migrate.run.JobDirectory;
import org.cchq.migrate.run.JobFollower;

/** A job followed to its end, and what is said then. */
final class FollowedJob {
    private final Site site;
    private final TargetHost host;
    private final HostAccess access;
    private final String migration;

    /** @param migration that it is of: {@code blobs} */
    FollowedJob(Site site, TargetHost host, HostAccess access, String migration) {
        this.migration = migration;
        this.site = site;
        this.host = host;
        this.access = access;
    }

    /** @return the agent's exit status */
    int toItsEnd(String id, FollowView view) throws EndpointException, InterruptedException, UserException {
        FollowEnd end = new JobFollower(access, site.sleeper()).follow(id, view);
        if (end.exit().isEmpty()) {
            site.console()
                    .error(
                            "the agent died on " + host.name() + " (" + id
                                    + "): the host was rebooted, or its process was killed. Resume with the command that started it");
            return ExitCode.ENDPOINT.code();
        }
        int exit = end.exit().getAsInt();
        if (view.ended().isEmpty()) {
            String why = stderr(id);
            if (!why.isEmpty()) {
                site.console().error(why);
            }
            return exit;
        }
        String next = NextCommand.after(
                site.environment().name(),
                migration,
                id.substring(id.indexOf('-') + 1),
                view.ended().get());
        RunReport report = new RunReport(host.name(), id, exit, view.ended().get(), next);
        if (view.show() == FollowView.Show.JSON) {
            site.console().result(Json.write(report.fields()));
        } else if (view.show() == FollowView.Show.SUMMARY) {
            report.lines().forEach(site.console()::result);
        } else {
            saysWhy(exit, view.ended().get().message());
            saysNext(exit, next);
        }
        return exit;
    }

    /** What ended it early stands in its log, not among the lines of its result. */
    private void saysWhy(int exit, String why) {
        if (Set.of(ExitCode.REFUSED.code(), ExitCode.ENDPOINT.code(), ExitCode.LEASE_HELD.code())
                        .contains(exit)
                && !why.isEmpty()) {
            site.console().error(why);
        }
    }

    private void saysNext(int exit, String next) {
        List<String> words = next.isEmpty() ? List.of() : List.of("next: " + next);
        if (exit != 0) {
            words.forEach(site.console()::say);
        }
    }

    private String stderr(String id) throws EndpointException, InterruptedException {
        try (HostSession session = access.open()) {
            return new JobDirectory(session.base(), id).stderr().strip();
        }
    }
}
