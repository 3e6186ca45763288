package org.cchq.migrate.kind.doctypes;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.store.document.DocumentDatabase;
import org.cchq.migrate.store.document.DocumentDatabase.Change;
import org.cchq.migrate.store.document.DocumentDatabase.Changes;
import org.cchq.migrate.store.document.DocumentDatabase.Sequence;

/**
 * Follows the feed of one database, page by page: every document of a page is settled by its newest state, and only then
 * is the place after it saved. A change that comes twice is settled twice, which changes nothing.
 */
final class ChangeStream {
    private static final int PAGE = 2_000;
    /** Fewer changes than this are waited for a moment, so that a busy site is followed in batches. */
    private static final int FEW = 50;

    private static final Duration GATHERING = Duration.ofMillis(150);
    /** A request to stop is heard after each wait. */
    private static final long LOOK_MILLIS = 1_000;

    private static final long SAVE_AT_REST = Duration.ofSeconds(1).toNanos();
    private static final long SAVE_ON_THE_WAY = Duration.ofSeconds(5).toNanos();
    private static final long RETRY_FAILED = Duration.ofMinutes(1).toNanos();

    private final DoctypeRun run;
    private final Direction direction;
    private final DocumentDatabase feed;
    private final Calls calls;
    private final Checkpoints checkpoints;
    private final RunTally tally;
    private final FailedDocuments failed;
    private final DoctypeLease lease;
    private long read;
    private volatile long inSyncAsOf = System.nanoTime();
    private volatile long behind = -1;
    private volatile boolean waitingAtTheEnd;

    ChangeStream(
            DoctypeRun run,
            Direction direction,
            Calls calls,
            Checkpoints checkpoints,
            RunTally tally,
            FailedDocuments failed,
            DoctypeLease lease) {
        this.run = run;
        this.direction = direction;
        this.feed = direction == Direction.FORWARD
                ? run.ends().source()
                : run.ends().target();
        this.calls = calls;
        this.checkpoints = checkpoints;
        this.tally = tally;
        this.failed = failed;
        this.lease = lease;
    }

    /**
     * Until the control is cancelled, or, if only once, to the end of the feed.
     *
     * @return true if a database is not the one it was: to be begun again
     */
    boolean follow(Sequence begin, boolean once)
            throws EndpointException, UserException, InterruptedException, StoppedException {
        DocumentCopier.Care care = direction == Direction.FORWARD && checkpoints.targetWasEmpty()
                ? DocumentCopier.Care.OWN
                : DocumentCopier.Care.FILLED;
        DocumentCopier copier = new DocumentCopier(run.ends(), direction, run.policy(), calls, care);
        try (Ticker ticker = new Ticker(() -> run.output().progress(tally.snapshot(calls.waiting()), lag()));
                DocumentCrew crew = new DocumentCrew(copier, run, tally, failed)) {
            return follow(begin, once, crew);
        }
    }

    private boolean follow(Sequence begin, boolean once, DocumentCrew crew)
            throws EndpointException, UserException, InterruptedException, StoppedException {
        Sequence since = begin;
        Sequence saved = begin;
        // What is caught up already is told at once.
        long savedAt = System.nanoTime() - run.policy().idle().toNanos();
        long retriedAt = retryFailed(crew);
        boolean atEnd = false;
        try {
            while (true) {
                calls.checkStopped();
                long wait = once || !atEnd ? 0 : LOOK_MILLIS;
                Sequence place = since;
                long asked = System.nanoTime();
                waitingAtTheEnd = atEnd && wait > 0;
                Changes page = calls.ask(() -> feed.changes(place, PAGE, wait));
                long answered = System.nanoTime();
                waitingAtTheEnd = false;
                if (page.rows().isEmpty()
                        && Checkpoints.setBack(Optional.of(since), page.last()).isPresent()) {
                    run.output().notice(feed.endpoint() + " was set back or replaced while its changes were followed");
                    return true;
                }
                atEnd = page.rows().size() < PAGE;
                behind = page.pending().orElse(atEnd ? 0L : -1L);
                settle(page.rows(), crew);
                since = page.last();
                if (atEnd) {
                    inSyncAsOf = page.rows().isEmpty() ? answered : asked;
                }
                long sinceSaved = System.nanoTime() - savedAt;
                boolean moved = !since.equals(saved);
                boolean idle = page.rows().isEmpty();
                if ((moved && (sinceSaved > SAVE_ON_THE_WAY || (atEnd && (idle || once || sinceSaved > SAVE_AT_REST))))
                        || (idle && !once && sinceSaved >= run.policy().idle().toNanos())) {
                    if (!save(since, moved)) {
                        return true;
                    }
                    saved = since;
                    savedAt = System.nanoTime();
                    if (atEnd) {
                        run.output().caughtUp();
                    }
                }
                if (once && atEnd) {
                    if (!moved) {
                        run.output().saved(read, since);
                        run.output().caughtUp();
                    }
                    return false;
                }
                if (System.nanoTime() - retriedAt > RETRY_FAILED) {
                    retriedAt = retryFailed(crew);
                }
                if (atEnd && !idle && page.rows().size() < FEW) {
                    calls.pause(GATHERING);
                }
            }
        } finally {
            failed.save();
        }
    }

    private void settle(List<Change> rows, DocumentCrew crew)
            throws EndpointException, UserException, InterruptedException, StoppedException {
        Set<String> ids = new LinkedHashSet<>();
        for (Change row : rows) {
            if (!row.id().startsWith("_design/")) {
                ids.add(row.id());
            }
        }
        crew.submitAll(List.copyOf(ids), settlement -> {});
        crew.drain();
        read += rows.size();
    }

    /** False if a database has lost the record of this run. */
    private boolean save(Sequence seq, boolean moved)
            throws EndpointException, UserException, InterruptedException, StoppedException {
        if (lease.lost()) {
            throw new UserException("another run has taken over migration "
                    + run.ends().migrator().slug() + "; this one stops");
        }
        if (run.marks().cleanupStartedHere()) {
            run.refuseAfterCleanup();
        }
        failed.save();
        if (!calls.askAll(checkpoints::unbroken)) {
            run.output().notice("a database has lost the record of this migration: it was replaced or set back");
            return false;
        }
        if (moved) {
            calls.askAll(() -> checkpoints.save(seq));
        }
        run.output().saved(read, seq);
        return true;
    }

    private long retryFailed(DocumentCrew crew)
            throws EndpointException, UserException, InterruptedException, StoppedException {
        List<String> ids = failed.ids();
        crew.submitAll(ids, settlement -> {});
        crew.drain();
        failed.save();
        if (direction == Direction.FORWARD
                && failed.size() == 0
                && !run.marks().read().containsKey(Mark.INITIAL_COMPLETE)) {
            run.marks().set(Mark.INITIAL_COMPLETE);
            run.output().initialComplete(checkpoints.original());
        }
        return System.nanoTime();
    }

    private Lag lag() {
        long changes = behind;
        return new Lag(
                changes < 0 ? OptionalLong.empty() : OptionalLong.of(changes),
                waitingAtTheEnd ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - inSyncAsOf));
    }
}
