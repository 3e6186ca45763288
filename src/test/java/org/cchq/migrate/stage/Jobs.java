package org.cchq.migrate.stage;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.cchq.migrate.migration.AgentEvent;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.Outcome;
import org.cchq.migrate.run.Job;
import org.cchq.migrate.run.JobEvidence;
import org.cchq.migrate.run.JobStatus;
import org.cchq.migrate.run.StorePair;

/** Jobs as hosts show them. */
final class Jobs {
    private Jobs() {}

    /** A job of ten blobs that came to its end. */
    static JobEvidence ended(String phase, Instant began, StorePair stores, Map<Outcome, Long> outcomes, int exit) {
        Job job = new Job(Job.id(began, phase), "blobs", phase, List.of(phase), "ann", "desk", "1", "/logs");
        AgentEvent.Started started = new AgentEvent.Started(
                began,
                "1",
                List.of(phase),
                stores.source(),
                stores.target(),
                "/logs/" + phase + ".txt",
                "/logs/" + phase + ".ledger",
                1,
                false,
                "ann",
                AgentEvent.Started.ALL_DATES,
                began);
        Counts counts =
                new Counts(outcomes.values().stream().mapToLong(Long::longValue).sum(), outcomes, 0, 0);
        AgentEvent.Ended ended = new AgentEvent.Ended(
                began.plusSeconds(1), "complete", exit, "", counts, counts, "/logs/" + phase + ".txt", "");
        return new JobEvidence(
                "127.0.0.12",
                new JobStatus(
                        job,
                        JobStatus.State.ENDED,
                        OptionalInt.of(exit),
                        Optional.of(started),
                        Optional.empty(),
                        Optional.of(ended),
                        ""));
    }
}
