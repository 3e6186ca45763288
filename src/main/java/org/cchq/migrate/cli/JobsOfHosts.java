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

/** The blob migration's jobs on the management hosts. */
final class JobsOfHosts {
    /** A job and where it is. */
    record Found(TargetHost host, JobStatus status) {}

    private JobsOfHosts() {}

    /** Newest first. */
    static List<Found> all(Site site) throws UserException, EndpointException, InterruptedException {
        List<Found> found = new ArrayList<>();
        for (TargetHost host : site.environment().hosts("django_manage")) {
            try (HostSession session = site.access(host).open()) {
                for (JobStatus status : JobList.of(session.base(), BlobPhase.MIGRATION)) {
                    found.add(new Found(host, status));
                }
            }
        }
        found.sort((a, b) -> b.status().job().id().compareTo(a.status().job().id()));
        return found;
    }

    /** The newest that is running; else the newest. */
    static Optional<Found> current(Site site) throws UserException, EndpointException, InterruptedException {
        List<Found> all = all(site);
        return all.stream()
                .filter(found -> found.status().state() == JobStatus.State.RUNNING)
                .findFirst()
                .or(() -> all.stream().findFirst());
    }

    /** As {@link #current}; none at all is refused. */
    static Found requireCurrent(Site site) throws UserException, EndpointException, InterruptedException {
        return current(site)
                .orElseThrow(() -> new UserException("no job of the blob migration yet; start one with: cchq-migrate "
                        + site.environment().name() + " run blobs back-fill"));
    }
}
