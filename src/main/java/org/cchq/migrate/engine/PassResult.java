package org.cchq.migrate.engine;

import org.cchq.migrate.migration.Counts;

/**
 * How a session of a pass ended.
 *
 * @param number of the pass, from 1
 * @param pass counts of all its sessions
 * @param session counts of this one
 */
public record PassResult(int number, End end, Counts pass, Counts session) {
    /** Ways to end without an error. */
    public enum End {
        /** Everything that was enumerated is accounted for; missing and different items are findings, not failures. */
        COMPLETE,
        /** Items failed or were denied; the same command tries them again. */
        UNRESOLVED,
        /** Not one item was enumerated though some are expected: a wrong database or filter. Not complete. */
        NOTHING_ENUMERATED,
        /** Cancelled; the same command goes on. */
        STOPPED
    }

    /** True if there was nothing to do, which is worth saying. */
    public boolean nothingToDo() {
        return end == End.COMPLETE && pass.enumerated() == 0;
    }
}
