package org.cchq.migrate.kind.doctypes;

import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.LeaseHeldException;

/** Carries changes from one database to the other until it is told to stop. */
public final class ContinuousRun {
    private final DoctypeRun run;
    private final Direction direction;

    public ContinuousRun(DoctypeRun run, Direction direction) {
        this.run = run;
        this.direction = direction;
    }

    /** Until the control is cancelled. */
    public DoctypeResult run() throws UserException, EndpointException, LeaseHeldException, InterruptedException {
        unfinished();
        return NOTHING;
    }

    /** Until the end of the feed is reached. */
    public DoctypeResult runOnce() throws UserException, EndpointException, LeaseHeldException, InterruptedException {
        unfinished();
        return NOTHING;
    }

    /** The next run begins again at the place before the first copy, as HQ's {@code --erase-continuous-progress}. */
    public void erase() throws UserException, EndpointException, LeaseHeldException, InterruptedException {
        unfinished();
    }

    private static final DoctypeResult NOTHING =
            new DoctypeResult(org.cchq.migrate.migration.Counts.NONE, 0, 0, java.util.Optional.empty());

    private void unfinished() {
        if (direction != null) {
            throw new UnsupportedOperationException("not written yet: " + run);
        }
    }
}
