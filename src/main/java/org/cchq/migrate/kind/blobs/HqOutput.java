package org.cchq.migrate.kind.blobs;

import java.time.Duration;
import java.util.function.Consumer;
import org.cchq.migrate.hq.ProgressLines;
import org.cchq.migrate.migration.AgentEvent;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.Outcome;
import org.cchq.migrate.migration.ProgressSnapshot;

/**
 * What {@code run_blob_migration} prints, line by line as HQ's {@code corehq.blobs.migrate} prints it, except that the
 * counts are of blobs that are done, not of blobs that were handed to a worker, and that lines are thinned as time goes
 * on: at most one a second in the first ten minutes, then one each ten seconds, after an hour one a minute. Not
 * thread-safe.
 */
public final class HqOutput implements Consumer<AgentEvent> {
    private static final Duration STANDSTILL = Duration.ofSeconds(10);

    private final Consumer<String> out;
    private final int chunkSize;
    private String command = "";
    private boolean begun;
    private ProgressLines lines;
    private Duration moved = Duration.ZERO;
    private boolean waitingTold;

    /** @param chunkSize progress is printed at multiples of it, items */
    public HqOutput(Consumer<String> out, int chunkSize) {
        this.out = out;
        this.chunkSize = chunkSize;
        this.lines = lines();
    }

    @Override
    public void accept(AgentEvent event) {
        if (event instanceof AgentEvent.Started started) {
            out.accept("Migration log: " + started.log());
            command = started.command().isEmpty() ? "" : started.command().get(0);
            begin();
        } else if (event instanceof AgentEvent.Progressed progressed) {
            if (!begun) {
                begun = true;
                lines.processing(progressed.snapshot());
            }
            lines.progress(progressed.snapshot());
            waiting(progressed.snapshot());
        } else if (event instanceof AgentEvent.Warned warned) {
            out.accept("WARNING " + warned.message());
        } else if (event instanceof AgentEvent.Ended ended) {
            ended(ended);
        }
    }

    /** Day by day there are several passes, each with counts and times of its own. */
    private void begin() {
        begun = false;
        lines = lines();
        moved = Duration.ZERO;
        waitingTold = false;
    }

    private ProgressLines lines() {
        return new ProgressLines(out, chunkSize, "BlobMeta");
    }

    /** Says once why nothing has moved for a while. */
    private void waiting(ProgressSnapshot snapshot) {
        if (snapshot.waiting().isEmpty()) {
            moved = snapshot.elapsed();
            waitingTold = false;
        } else if (!waitingTold && snapshot.elapsed().minus(moved).compareTo(STANDSTILL) >= 0) {
            out.accept("WARNING waiting: " + snapshot.waiting());
            waitingTold = true;
        }
    }

    private void ended(AgentEvent.Ended ended) {
        switch (ended.result()) {
            case "complete", "incomplete" -> processed(ended.session());
            case "stopped" -> out.accept("stopped by operator");
            default -> {}
        }
        summary(ended.counts(), ended.log());
        if (!ended.message().isEmpty()) {
            out.accept(ended.message());
        }
        if (!ended.next().isEmpty()) {
            out.accept("Next: " + ended.next());
        }
    }

    private void processed(Counts session) {
        lines.processed(session.done());
        out.accept("waiting for workers to stop... (Ctrl+C to abort)");
        out.accept("done.");
    }

    /** What did not end well, in HQ's words, then in ours. */
    private void summary(Counts pass, String log) {
        if (command.equals(BackFillSpec.VERIFY)) {
            verified(pass, log);
            return;
        }
        long listed = pass.of(Outcome.MISSING_ON_SOURCE)
                + pass.of(Outcome.NOT_REFERENCED)
                + pass.of(Outcome.DIFFERS)
                + pass.of(Outcome.DENIED)
                + pass.of(Outcome.FAILED);
        if (listed > 0) {
            long notFound = listed - pass.of(Outcome.DIFFERS) - pass.of(Outcome.DENIED);
            out.accept("");
            if (notFound > 0 && !command.equals(BackFillSpec.COPY_BACK)) {
                out.accept(notFound + " of " + pass.done() + " blobs were not found in the old blob database. It");
                out.accept("is possible that some blobs were deleted as part of normal");
                out.accept("operation during the migration if the migration took a long");
                out.accept("time. However, it may be cause for concern if a majority of");
                out.accept("the total number of migrated blobs were not found.");
                out.accept("");
            }
            out.accept("Missing blob ids have been written in the log file:");
            out.accept(log);
            out.accept("");
        }
        out.accept("copied " + pass.of(Outcome.COPIED) + " (" + pass.bytes() + " bytes), already there "
                + pass.of(Outcome.ALREADY_THERE) + ", missing on source " + pass.of(Outcome.MISSING_ON_SOURCE)
                + ", not referenced any more " + pass.of(Outcome.NOT_REFERENCED) + ", differ "
                + pass.of(Outcome.DIFFERS) + ", denied " + pass.of(Outcome.DENIED) + ", failed "
                + pass.of(Outcome.FAILED) + ": " + pass.done() + " of " + pass.enumerated() + " enumerated");
    }

    private void verified(Counts pass, String log) {
        long listed = pass.of(Outcome.DIFFERS)
                + pass.of(Outcome.MISSING_ON_TARGET)
                + pass.of(Outcome.MISSING_ON_SOURCE)
                + pass.of(Outcome.DENIED)
                + pass.of(Outcome.FAILED);
        if (listed > 0) {
            out.accept("What was found is in the log file:");
            out.accept(log);
        }
        out.accept("the same " + pass.of(Outcome.ALREADY_THERE) + ", filled " + pass.of(Outcome.COPIED) + " ("
                + pass.bytes() + " bytes), only on new " + pass.of(Outcome.ONLY_ON_TARGET) + ", missing on new "
                + pass.of(Outcome.MISSING_ON_TARGET) + ", differ " + pass.of(Outcome.DIFFERS) + ", missing on both "
                + pass.of(Outcome.MISSING_ON_SOURCE) + ", deleted meanwhile " + pass.of(Outcome.NOT_REFERENCED)
                + ", denied " + pass.of(Outcome.DENIED) + ", failed " + pass.of(Outcome.FAILED) + ": " + pass.done()
                + " of " + pass.enumerated() + " enumerated");
    }
}
