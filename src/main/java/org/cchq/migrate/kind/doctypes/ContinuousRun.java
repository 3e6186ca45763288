package org.cchq.migrate.kind.doctypes;

import java.time.Duration;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.LeaseHeldException;
import org.cchq.migrate.store.document.DocumentDatabase.Sequence;

/**
 * Carries changes from one database to the other until it is told to stop. Servers that are away are waited for, however
 * long. Where a checkpoint is not to be trusted all documents are compared instead, from a new place in the feed.
 */
public final class ContinuousRun {
    private static final Duration FOR_EVER = Duration.ofDays(3650);

    private final DoctypeRun run;
    private final Direction direction;

    public ContinuousRun(DoctypeRun run, Direction direction) {
        this.run = run.withOutput(new OneAtATime(run.output()));
        this.direction = direction;
    }

    /** Until the control is cancelled. */
    public DoctypeResult run() throws UserException, EndpointException, LeaseHeldException, InterruptedException {
        return run(false);
    }

    /** Until the end of the feed is reached. */
    public DoctypeResult runOnce() throws UserException, EndpointException, LeaseHeldException, InterruptedException {
        return run(true);
    }

    /** The next run begins again at the place before the first copy, as HQ's {@code --erase-continuous-progress}. */
    public void erase() throws UserException, EndpointException, LeaseHeldException, InterruptedException {
        run.ends().prepare();
        run.refuseAfterCleanup();
        try (DoctypeLease lease = DoctypeLease.take(run.ends(), direction)) {
            Checkpoints checkpoints = new Checkpoints(run.ends(), run.stateDirectory(), direction);
            Checkpoints.Found found = checkpoints.read();
            if (found.newest().isEmpty() || lease.lost()) {
                throw new UserException(
                        "there is no progress to erase: " + found.doubt().orElse("no checkpoint yet"));
            }
            run.output().saved(0, checkpoints.save(checkpoints.original()).seq());
        }
    }

    private DoctypeResult run(boolean once)
            throws UserException, EndpointException, LeaseHeldException, InterruptedException {
        run.ends().prepare();
        run.refuseAfterCleanup();
        Calls calls = new Calls(run.policy().retry().withPatience(FOR_EVER), run.control());
        FailedDocuments failed =
                FailedDocuments.read(run.stateDirectory(), run.ends().migrator().slug(), direction);
        RunTally tally = new RunTally(org.cchq.migrate.migration.Counts.NONE);
        Optional<String> stopped = Optional.empty();
        try (DoctypeLease lease = DoctypeLease.take(run.ends(), direction)) {
            boolean more = true;
            while (more) {
                Checkpoints checkpoints = new Checkpoints(run.ends(), run.stateDirectory(), direction);
                Sequence since = begin(checkpoints, calls, tally, failed, lease);
                run.output().continuousBegins(direction);
                ChangeStream stream = new ChangeStream(run, direction, calls, checkpoints, tally, failed, lease);
                more = stream.follow(since, once);
            }
        } catch (StoppedException e) {
            stopped = run.control().cancelledBy();
        }
        return new DoctypeResult(tally.counts(), failed.size(), tally.diverged(), stopped);
    }

    /** Where to begin in the feed. */
    private Sequence begin(
            Checkpoints checkpoints, Calls calls, RunTally tally, FailedDocuments failed, DoctypeLease lease)
            throws UserException, EndpointException, InterruptedException, StoppedException {
        Checkpoints.Found found = calls.askAll(checkpoints::read);
        if (found.newest().isPresent()) {
            return found.newest().get().seq();
        }
        if (direction == Direction.REVERSE) {
            // Whatever both have is passed over, so that an earlier place than needed does no harm.
            found.doubt().ifPresent(why -> run.output().notice(why + "; the whole feed is read again"));
            Sequence from = found.doubt().isPresent()
                    ? Sequence.ZERO
                    : run.marks().reverseFrom().orElse(Sequence.ZERO);
            checkpoints.begin(from, false);
            return from;
        }
        boolean comparing = found.doubt().isEmpty()
                && found.session().isPresent()
                && run.marks().read().containsKey(Mark.INITIAL_COMPLETE);
        if (found.doubt().isEmpty() && !comparing) {
            throw new UserException("migration " + run.ends().migrator().slug()
                    + " has no checkpoint: the first copy has not been made, or is not complete");
        }
        if (comparing) {
            run.output().notice("The comparison of all documents goes on, which was interrupted");
        } else {
            run.output()
                    .notice(found.doubt().get() + ". The checkpoint is not trusted; all documents are compared again");
            checkpoints.begin(calls.ask(() -> run.ends().source().info()).updateSequence(), false);
        }
        Sequence original = checkpoints.original();
        SweepPosition position =
                SweepPosition.read(run.stateDirectory(), run.ends().migrator().slug(), checkpoints.session(), failed);
        try (Ticker ticker = new Ticker(() -> run.output().progress(tally.snapshot(calls.waiting()), Lag.UNKNOWN))) {
            new Sweep(run, calls, DocumentCopier.Care.FILLED, tally, failed, position, lease).run();
        }
        checkpoints.save(original);
        position.remove();
        return original;
    }
}
