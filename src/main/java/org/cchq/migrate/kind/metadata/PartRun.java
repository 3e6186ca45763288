package org.cchq.migrate.kind.metadata;

import java.time.Clock;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.Ledger;
import org.cchq.migrate.engine.PassResult;
import org.cchq.migrate.engine.Pipeline;
import org.cchq.migrate.engine.PipelineSettings;
import org.cchq.migrate.engine.Progress;
import org.cchq.migrate.engine.RetryPolicy;
import org.cchq.migrate.engine.RunControl;
import org.cchq.migrate.engine.Time;
import org.cchq.migrate.migration.Finding;
import org.cchq.migrate.migration.ProgressSnapshot;

/** One part, from its first page to its end: pages, changes since, what was refused. */
final class PartRun {
    private static final int READERS = 3;
    /** In a part's ledger once all its pages are through. */
    private static final String COMPLETE = "complete";

    private static final String GENERATION = "generation";

    private final MetadataPart part;
    private final MetadataTable table;
    private final Ledger ledger;
    private final MetadataSpec spec;
    private final RunControl control;
    private final RetryPolicy retry;
    private final Clock clock;

    PartRun(
            MetadataPart part,
            MetadataTable table,
            Ledger ledger,
            MetadataSpec spec,
            RunControl control,
            RetryPolicy retry,
            Clock clock) {
        this.part = part;
        this.table = table;
        this.ledger = ledger;
        this.spec = spec;
        this.control = control;
        this.retry = retry;
        this.clock = clock;
    }

    /** How a part ended. */
    enum End {
        COMPLETE,
        /** Pages failed, or documents were refused. */
        INCOMPLETE,
        /** By request. */
        STOPPED
    }

    /**
     * Before anything is read of the part: forgets what cannot be gone on from.
     *
     * @return a warning, "" if there is nothing to warn of
     */
    String begin() throws EndpointException, InterruptedException {
        String generation = table.generation();
        Optional<String> known = ledger.note(GENERATION);
        boolean takenBack = !known.equals(Optional.of(generation));
        // There is no feed of changed rows: they are few, and all of them are looked at again.
        if (takenBack || (complete() && !(part instanceof CouchPart))) {
            ledger.reset();
        }
        String warning = part instanceof CouchPart couch ? new ChangedDocuments(couch, ledger).begin() : "";
        ledger.note(GENERATION, generation);
        return takenBack && known.isPresent()
                ? part.name() + ": rows were taken back since the last run with this ledger; everything is read again"
                : warning;
    }

    private boolean complete() throws EndpointException {
        return ledger.note(COMPLETE).isPresent();
    }

    /**
     * Goes through the part, or on from where it was left.
     *
     * @param ticks is given the part's standing once a second
     * @param findings pages that failed
     */
    End run(PartTally tally, PartLog log, Consumer<ProgressSnapshot> ticks, Consumer<Finding> findings)
            throws EndpointException, UserException, InterruptedException {
        RefusedDocuments refused = RefusedDocuments.read(ledger);
        tally.refused(() -> refused.ids().size());
        PageWriter writer = new PageWriter(table, log, tally, refused);
        Progress progress = new Progress(Time.SYSTEM);
        PartTicker ticker = new PartTicker(() -> tick(tally, progress, ticks));
        try {
            writer.tryAgain(part);
            End pages = complete() ? End.COMPLETE : pages(writer, progress, findings);
            if (pages == End.COMPLETE) {
                ledger.note(COMPLETE, "yes");
                if (part instanceof CouchPart couch
                        && !new ChangedDocuments(couch, ledger).follow(writer, spec.pageSize(), control, retry)) {
                    return End.STOPPED;
                }
            }
            return pages == End.COMPLETE && !refused.ids().isEmpty() ? End.INCOMPLETE : pages;
        } finally {
            ticker.close();
            tally.keep();
        }
    }

    private void tick(PartTally tally, Progress progress, Consumer<ProgressSnapshot> ticks) {
        ProgressSnapshot engine = progress.snapshot();
        ticks.accept(tally.snapshot(engine.waiting(), engine.inFlight()));
        try {
            tally.keep();
        } catch (EndpointException e) {
            // The ledger is in trouble: the run hears of it where it matters.
            org.slf4j.LoggerFactory.getLogger(PartRun.class).debug("counts not kept", e);
        }
    }

    private End pages(PageWriter writer, Progress progress, Consumer<Finding> findings)
            throws EndpointException, UserException, InterruptedException {
        try (ReadAhead reading = new ReadAhead(part, spec.pageSize(), READERS)) {
            PassResult result = new Pipeline<>(
                            new MetadataWork(part, ledger, reading, writer),
                            ledger,
                            PipelineSettings.DEFAULT
                                    .withChunkItems(1)
                                    .withSettle(java.time.Duration.ZERO)
                                    .withRetry(retry),
                            control,
                            progress,
                            findings::accept,
                            Time.SYSTEM,
                            clock,
                            new SplittableRandom())
                    .run();
            return switch (result.end()) {
                case COMPLETE -> End.COMPLETE;
                case UNRESOLVED, NOTHING_ENUMERATED -> End.INCOMPLETE;
                case STOPPED -> End.STOPPED;
            };
        }
    }
}
