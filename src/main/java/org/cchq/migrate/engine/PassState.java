package org.cchq.migrate.engine;

import java.util.Locale;

/** What became of a pass over everything. */
public enum PassState {
    /** Being worked on; or its process was killed, if nobody holds the lease. The same command takes it up. */
    RUNNING,
    /** Left in order: cancelled, or ended by an error. The same command takes it up. */
    STOPPED,
    /** Everything was enumerated, some items failed or were denied. The same command tries them again. */
    UNRESOLVED,
    /** Everything that was enumerated is accounted for. The same command begins another pass. */
    COMPLETE;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static PassState of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
