package org.cchq.migrate.stage;

import java.util.List;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.Environment;

/** One step on the way to a stage. Doing it again does no harm; files and hosts tell whether it was done. */
interface Step {
    /** What it does, in one line. */
    String title();

    /** True if files and hosts show that nothing is left to do. */
    boolean done(Environment now) throws UserException, EndpointException, InterruptedException;

    /** What it would change, for a person. Changes nothing. */
    List<String> preview(Environment now) throws UserException, EndpointException, InterruptedException;

    /** The environment as it is after the step. */
    default Environment after(Environment now) throws UserException {
        return now;
    }

    /**
     * Does it, and returns when it is done.
     *
     * @return what to tell: which hosts changed, what was proven
     * @throws UserException if it cannot be done; what was done so far is done, and the same command goes on from there
     */
    List<String> perform(Environment now) throws UserException, EndpointException, InterruptedException;
}
