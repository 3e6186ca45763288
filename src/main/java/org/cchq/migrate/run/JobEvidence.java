package org.cchq.migrate.run;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.migration.AgentEvent;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.Outcome;
import org.cchq.migrate.push.HostBase;

/**
 * What a job proves, for whoever has to decide whether the next step is safe. All times are of the clock of the host that
 * the agent ran on.
 *
 * @param host where it ran, by its inventory name
 * @param status the job as its host shows it
 */
public record JobEvidence(String host, JobStatus status) {
    /** The newest jobs of each phase of a migration, at most five of each, newest first. Changes nothing. */
    public static List<JobEvidence> of(HostBase base, String host, String migration)
            throws EndpointException, InterruptedException, UserException {
        return JobList.ofEachPhase(base, migration).stream()
                .map(status -> new JobEvidence(host, status))
                .toList();
    }

    /** The newest job of a phase, whatever became of it. */
    public static Optional<JobEvidence> last(List<JobEvidence> jobs, String phase) {
        return jobs.stream()
                .filter(job -> job.phase().equals(phase))
                .reduce((one, other) -> one.id().compareTo(other.id()) >= 0 ? one : other);
    }

    /** The newest job of a phase that went over everything, between these stores. */
    public static Optional<JobEvidence> lastComplete(List<JobEvidence> jobs, String phase, StorePair stores) {
        return last(
                jobs.stream()
                        .filter(job -> job.complete() && job.isBetween(stores))
                        .toList(),
                phase);
    }

    /** Begins with the time of its start in UTC. */
    public String id() {
        return status.job().id();
    }

    /** back-fill, check, check-logs, verify, copy-back. */
    public String phase() {
        return status.job().phase();
    }

    /** When this process began its work; empty if it failed before. */
    public Optional<Instant> started() {
        return status.started().map(AgentEvent.Started::at);
    }

    /**
     * When its pass was begun. Rows of a pass that was taken up again may have been looked at since then, so this, not
     * {@link #started()}, is what has to lie after the moment from which on all hosts write to the new store.
     */
    public Optional<Instant> passBegan() {
        return status.started().map(AgentEvent.Started::passBegan);
    }

    /** When it said its last word; empty if it has not. */
    public Optional<Instant> ended() {
        return status.ended().map(AgentEvent.Ended::at);
    }

    /** How everything that was enumerated ended, over all sessions of the pass; zeros if it has not said its last word. */
    public Counts counts() {
        return status.ended().map(AgentEvent.Ended::counts).orElse(Counts.NONE);
    }

    /** It went over all rows of all days to the end, and nothing was denied or failed. Blobs may be missing or differ. */
    public boolean complete() {
        return status.state() == JobStatus.State.ENDED
                && status.ended().filter(end -> end.result().equals("complete")).isPresent()
                && status.started()
                        .filter(start -> start.dates().equals(AgentEvent.Started.ALL_DATES))
                        .isPresent();
    }

    /** {@link #complete()}, and both stores agree: no blob differs, none that a row names is missing on the target only. */
    public boolean clean() {
        return complete()
                && counts().of(Outcome.DIFFERS) + counts().of(Outcome.MISSING_ON_TARGET) == 0
                && counts().of(Outcome.DENIED) + counts().of(Outcome.FAILED) == 0;
    }

    /** Rows whose blob is in neither store; {@link JobFindings#logged} names them. */
    public long missing() {
        return counts().of(Outcome.MISSING_ON_SOURCE);
    }

    /** Whether it was for these two stores, and no other bucket or endpoint. */
    public boolean isBetween(StorePair stores) {
        return status.started()
                .filter(start ->
                        start.source().equals(stores.source()) && start.target().equals(stores.target()))
                .isPresent();
    }

    /** Path on the host of the log with one record for each finding; for check-logs the logs that it checked. */
    public String log() {
        return status.started().map(AgentEvent.Started::log).orElse("");
    }

    /** Path on the host of its ledger; "" for check-logs. */
    public String ledger() {
        return status.started().map(AgentEvent.Started::ledger).orElse("");
    }

    /**
     * Why this job does not prove that everything is copied as it was after a moment; empty if it does.
     *
     * @param notBefore for instance when the last process of the site was restarted
     */
    public List<String> doubts(StorePair stores, Instant notBefore) {
        List<String> doubts = new ArrayList<>();
        if (status.started().isEmpty()) {
            doubts.add(id() + " has not begun its work");
            return doubts;
        }
        AgentEvent.Started start = status.started().get();
        if (!isBetween(stores)) {
            doubts.add(id() + " was from " + start.source() + " to " + start.target() + ", not from " + stores.source()
                    + " to " + stores.target());
        }
        if (!start.dates().equals(AgentEvent.Started.ALL_DATES)) {
            doubts.add(id() + " looked at " + start.dates() + " only");
        }
        if (start.passBegan().isBefore(notBefore)) {
            doubts.add(id() + " was begun at " + start.passBegan() + ", before " + notBefore);
        }
        switch (status.state()) {
            case RUNNING -> doubts.add(id() + " is still running");
            case DIED -> doubts.add(id() + " died before its end");
            case ENDED -> {
                if (status.ended()
                        .filter(end -> end.result().equals("complete"))
                        .isEmpty()) {
                    doubts.add(id() + " is not complete"
                            + status.ended()
                                    .map(end -> end.message().isEmpty() ? "" : ": " + end.message())
                                    .orElse(""));
                }
            }
        }
        return doubts;
    }
}
