package org.cchq.migrate.kind.doctypes;

import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.LeaseHeldException;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.store.document.DocumentDatabase;
import org.cchq.migrate.store.document.DocumentDatabase.Sequence;

/**
 * The first copy of all documents of the types. Goes on where an earlier one stopped; one that was complete is done again,
 * which stores only what is missing. The place in the feed is taken before anything is read: what changes later is carried
 * by {@link ContinuousRun} from there.
 */
public final class InitialRun {
    private static final int MOST_DESIGNS = 1_000;

    private final DoctypeRun run;

    public InitialRun(DoctypeRun run) {
        this.run = run.withOutput(new OneAtATime(run.output()));
    }

    public DoctypeResult run() throws UserException, EndpointException, LeaseHeldException, InterruptedException {
        run.ends().prepare();
        run.refuseAfterCleanup();
        try (DoctypeLease lease = DoctypeLease.take(run.ends(), Direction.FORWARD)) {
            return copy(lease);
        }
    }

    private DoctypeResult copy(DoctypeLease lease) throws UserException, EndpointException, InterruptedException {
        String slug = run.ends().migrator().slug();
        Calls calls = new Calls(run.policy().retry(), run.control());
        FailedDocuments failed = FailedDocuments.read(run.stateDirectory(), slug, Direction.FORWARD);
        Checkpoints checkpoints = new Checkpoints(run.ends(), run.stateDirectory(), Direction.FORWARD);
        Checkpoints.Found found = checkpoints.read();
        boolean goesOn = found.session().isPresent()
                && found.doubt().isEmpty()
                && found.newest().isEmpty()
                && found.original().isPresent();
        found.doubt().ifPresent(why -> run.output().notice(why + "; all documents are compared again"));
        boolean targetEmpty = false;
        if (!goesOn) {
            Sequence original = run.ends().source().info().updateSequence();
            targetEmpty = isEmpty(run.ends().target());
            checkpoints.begin(original, targetEmpty);
        }
        Sequence original = checkpoints.original();
        SweepPosition position = SweepPosition.read(run.stateDirectory(), slug, checkpoints.session(), failed);
        RunTally tally = new RunTally(position.before());
        run.output().initialBegins(original);
        DocumentCopier.Care care = goesOn
                ? checkpoints.targetWasEmpty() ? DocumentCopier.Care.OWN : DocumentCopier.Care.FILLED
                : targetEmpty ? DocumentCopier.Care.EMPTY : DocumentCopier.Care.FILLED;
        Optional<String> stopped = Optional.empty();
        try (Ticker ticker = new Ticker(() -> run.output().progress(tally.snapshot(calls.waiting()), Lag.UNKNOWN))) {
            new Sweep(run, calls, care, tally, failed, position, lease).run();
            checkpoints.save(original);
            if (failed.size() == 0) {
                run.marks().set(Mark.INITIAL_COMPLETE);
                run.output().initialComplete(original);
            } else {
                run.output()
                        .notice(failed.size() + " documents could not be copied; they are listed in " + failed.path()
                                + " and tried again by the next run");
            }
            position.remove();
        } catch (StoppedException e) {
            stopped = Optional.of(run.control().cancelledBy().orElse("a request"));
        }
        Counts counts = tally.counts();
        return new DoctypeResult(counts, failed.size(), tally.diverged(), stopped);
    }

    /** No documents but designs, which are pushed before the first copy so that their indexes grow with it. */
    private static boolean isEmpty(DocumentDatabase target) throws EndpointException, InterruptedException {
        return target.info().documents() <= MOST_DESIGNS
                && target.standings("", "", MOST_DESIGNS + 1).stream()
                        .allMatch(standing -> standing.id().startsWith("_design/"));
    }
}
