package org.cchq.migrate.kind.doctypes;

import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.LeaseHeldException;

/** The first copy of all documents of the types. Goes on where an earlier one stopped. */
public final class InitialRun {
    private final DoctypeRun run;

    public InitialRun(DoctypeRun run) {
        this.run = run;
    }

    public DoctypeResult run() throws UserException, EndpointException, LeaseHeldException, InterruptedException {
        Unfinished.check(run);
        return new DoctypeResult(org.cchq.migrate.migration.Counts.NONE, 0, 0, java.util.Optional.empty());
    }
}
