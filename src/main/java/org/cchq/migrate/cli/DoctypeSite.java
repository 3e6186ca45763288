package org.cchq.migrate.cli;

import java.util.List;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.run.JobStatus;

/** A migration of document types on the management host. */
final class DoctypeSite {
    private final Site site;
    private final TargetHost host;
    private final String slug;

    DoctypeSite(Site site, TargetHost host, String slug) {
        this.site = site;
        this.host = host;
        this.slug = slug;
    }

    /** On the first host of django_manage. */
    static DoctypeSite of(Site site, String slug) throws UserException {
        return new DoctypeSite(site, site.manageHost(Optional.empty()), slug);
    }

    Site site() {
        return site;
    }

    TargetHost host() {
        return host;
    }

    String slug() {
        return slug;
    }

    /** As it is typed: {@code doctype:users}. */
    String word() {
        return DoctypePhase.PREFIX + slug;
    }

    /** A command of this program about it. */
    String typed(String command, String more) {
        return "cchq-migrate " + site.environment().name() + " " + command + " " + word()
                + (more.isEmpty() ? "" : " " + more);
    }

    DoctypeStanding standing() throws UserException, EndpointException, InterruptedException {
        return DoctypeStanding.parse(
                new AgentQuestion(site, host).require(List.of("doctype_status", slug, "--output", "json")));
    }

    /** The jobs of all management hosts, newest first. */
    List<JobsOfHosts.Found> jobs() throws UserException, EndpointException, InterruptedException {
        return JobsOfHosts.all(site, word());
    }

    /** The newest job of a phase. */
    static Optional<JobStatus> newest(List<JobsOfHosts.Found> jobs, DoctypePhase phase) {
        return jobs.stream()
                .map(JobsOfHosts.Found::status)
                .filter(status -> status.job().phase().equals(phase.word()))
                .findFirst();
    }

    static boolean running(List<JobsOfHosts.Found> jobs, DoctypePhase phase) {
        return newest(jobs, phase)
                .filter(status -> status.state() == JobStatus.State.RUNNING)
                .isPresent();
    }

    /** Starts a phase and returns once it has begun; its exit status if it ended at once. */
    int start(DoctypePhase phase, List<String> more) throws UserException, EndpointException, InterruptedException {
        Phase started = phase.of(slug, more);
        return new AgentRun(site, host).start(started, started.command(), FollowView.Show.SUMMARY, true, false);
    }

    /** Sets or takes back a mark; the agent may refuse. */
    void mark(String what) throws UserException, EndpointException, InterruptedException {
        new AgentQuestion(site, host).require(List.of("doctype_mark", slug, what));
        note("mark " + word() + " " + what, "done");
    }

    void note(String what, String result) throws UserException {
        site.history().add(site.clock().instant().toString(), site.operator(), what, host.name(), result);
    }
}
