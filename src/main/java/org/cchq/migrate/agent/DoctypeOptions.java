package org.cchq.migrate.agent;

import static org.cchq.migrate.agent.BlobMigrationOptions.flag;
import static org.cchq.migrate.agent.BlobMigrationOptions.valued;

import java.util.List;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;

/** The options of the doctype commands: HQ's own ({@code corehq/doctypemigrations}), then this agent's. */
final class DoctypeOptions {
    static final Option STATS = flag("stats", "count the documents of each type in both databases");
    static final Option INITIAL = flag("initial", "copy everything there is; goes on where it was stopped");
    static final Option CONTINUOUS =
            flag("continuous", "carry changes, from before the first copy on, until it is stopped");
    static final Option ERASE = flag("erase-continuous-progress", "begin --continuous again before the first copy");
    static final Option CLEANUP = flag("cleanup", "delete the documents in the source, after the flip; asks first");

    static final Option STATE_DIR = valued("state-dir", "DIR", "directory of the state and the lists");
    static final Option NUM_WORKERS = valued("num-workers", "N", "requests at once to each database (4)");
    static final Option CONFLICTS =
            valued("conflicts", "WHICH", "all (every live revision of a document is copied) or winner");
    static final Option RETYPED = valued(
            "retyped", "WHAT", "delete or keep the target's copy of a document whose type is not one of them any more");
    static final Option REVERSE = flag("reverse", "--continuous from the target to the source, after the flip");
    static final Option ONCE = flag("once", "--continuous: end when the end of the changes is reached");
    static final Option ENVIRONMENT =
            valued("environment", "NAME", "--cleanup: what has to be typed (the source database's name)");
    static final Option PURGE = flag("purge", "--cleanup: also remove what deletions leave behind, if the server can");
    static final Option COMPACT = flag("compact", "--cleanup: afterwards compact the source, without being asked");
    static final Option RATE = valued("rate", "N", "deletions a second, 0 for no limit (500)");
    static final Option BATCH_SIZE = valued("batch_size", "N", "documents looked at in one go (500)");
    static final Option DATABASE = valued("database", "ALIAS", "a database of COUCH_DATABASES, or a part of HQ (main)");
    static final Option SETTLE = valued("settle", "SECONDS", "how long a difference may take to vanish (20)");

    private DoctypeOptions() {}

    static Options migration() {
        return with(
                STATS,
                INITIAL,
                CONTINUOUS,
                ERASE,
                CLEANUP,
                STATE_DIR,
                NUM_WORKERS,
                CONFLICTS,
                RETYPED,
                REVERSE,
                ONCE,
                ENVIRONMENT,
                PURGE,
                COMPACT,
                RATE);
    }

    static Options conflicts() {
        return with(BATCH_SIZE, DATABASE, STATE_DIR, RATE);
    }

    static Options verify() {
        return with(STATE_DIR, NUM_WORKERS, CONFLICTS, RETYPED, SETTLE);
    }

    /** Of the commands that only look at the state, or mark it. */
    static Options state() {
        return with(STATE_DIR);
    }

    private static Options with(Option... own) {
        Options options = BlobMigrationOptions.common();
        List.of(own).forEach(options::addOption);
        return options;
    }
}
