package org.cchq.migrate.kind.doctypes;

import java.nio.file.Path;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.RunControl;

/**
 * What every phase works with.
 *
 * @param stateDirectory where the files of the state are; made if it is not there
 */
public record DoctypeRun(
        DoctypeEnds ends, Path stateDirectory, CopyPolicy policy, RunControl control, DoctypeOutput output) {
    DoctypeRun withOutput(DoctypeOutput other) {
        return new DoctypeRun(ends, stateDirectory, policy, control, other);
    }

    DoctypeMarks marks() {
        return new DoctypeMarks(ends, stateDirectory);
    }

    /** Refuses to carry anything once documents were deleted from the source: their deletion would be carried too. */
    void refuseAfterCleanup() throws UserException, EndpointException, InterruptedException {
        if (marks().read().containsKey(Mark.CLEANUP_STARTED)) {
            throw new UserException(
                    "Cleanup of migration " + ends.migrator().slug() + " has begun: documents were deleted"
                            + " from " + ends.source().endpoint() + " because they are in "
                            + ends.target().endpoint()
                            + ", and these deletions would be carried over. Nothing was changed.");
        }
    }
}
