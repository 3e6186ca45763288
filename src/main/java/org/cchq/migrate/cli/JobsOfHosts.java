package org.cchq.migrate.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.run.HostSession;
import org.cchq.migrate.run.JobList;
import org.cchq.migrate.run.JobStatus;

/** The jobs of a migration on the management hosts. */
final class JobsOfHosts {
    /** A job and where it is. */
    record Found(TargetHost host, JobStatus status) {}

    private JobsOfHosts() {}

    /** Newest first. */
    static List<Found> all(Site site, String migration) throws UserException, EndpointException, InterruptedException {
        List<Found> found = new ArrayList<>();
        for (TargetHost host : site.environment().hosts("django_manage")) {
            try (HostSession session = site.access(host).open()) {
                for (JobStatus status : jobs(session, migration)) {
                    found.add(new Found(host, status));
                }
            }
        }
        found.sort((a, b) -> b.status().job().id().compareTo(a.status().job().id()));
        return found;
    }

    /** Document types have phases that go on for weeks, beside many short ones. */
    private static List<JobStatus> jobs(HostSession session, String migration)
            throws UserException, EndpointException, InterruptedException {
        return migration.equals(BlobPhase.MIGRATION)
                ? JobList.of(session.base(), migration)
                : JobList.ofEachPhase(session.base(), migration);
    }

    /**
     * The newest that is running, before those that only look one that does not; else the newest. None at all is refused.
     *
     * @param phase of that phase only; empty: any
     */
    static Found requireCurrent(Site site, Migration migration, Optional<String> phase)
            throws UserException, EndpointException, InterruptedException {
        List<Found> all = all(site, migration.word()).stream()
                .filter(found -> phase.isEmpty() || found.status().job().phase().equals(phase.get()))
                .toList();
        List<Found> running = all.stream()
                .filter(found -> found.status().state() == JobStatus.State.RUNNING)
                .toList();
        return running.stream()
                .filter(found -> !Phase.held(found.status().job()).isEmpty())
                .findFirst()
                .or(() -> running.stream().findFirst())
                .or(() -> all.stream().findFirst())
                .orElseThrow(() -> new UserException("no job of "
                        + migration.title()
                        + phase.map(word -> ", phase " + word + ",").orElse("") + " yet; start one with: cchq-migrate "
                        + site.environment().name() + " run " + migration.word() + " "
                        + phase.orElse(migration.firstPhase())));
    }
}
