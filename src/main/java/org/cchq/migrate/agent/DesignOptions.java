package org.cchq.migrate.agent;

import static org.cchq.migrate.agent.BlobMigrationOptions.flag;
import static org.cchq.migrate.agent.BlobMigrationOptions.valued;

import java.util.List;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;

/** The options of {@code audit_doctype} and {@code preindex_doctype}. */
final class DesignOptions {
    static final Option CHECKOUT = valued("checkout", "DIR", "also read the design documents below a checkout of HQ");
    static final Option NO_SCRATCH =
            flag("no-scratch", "go by the texts alone; else views are run on samples in a scratch database");
    static final Option SAMPLES = valued("samples", "N", "documents of each type to run the views on (25)");
    static final Option CHECK = flag("check", "only look whether they are there and built; 4 if not");
    static final Option REPLACE = flag("replace", "replace design documents of the target that have another text");
    static final Option WAIT = valued("wait", "MINUTES", "how long an index may take to be built (1440)");
    static final Option COUNT_LIMIT =
            valued("count-limit", "N", "most rows of one view that are read in the source to compare (1000000)");

    static final Option STATE_DIR = valued("state-dir", "DIR", "also keep the result there, as JSON");

    private DesignOptions() {}

    static Options audit() {
        return with(CHECKOUT, NO_SCRATCH, SAMPLES, STATE_DIR);
    }

    static Options preindex() {
        return with(CHECK, REPLACE, WAIT, COUNT_LIMIT, NO_SCRATCH, SAMPLES, STATE_DIR);
    }

    private static Options with(Option... own) {
        Options options = BlobMigrationOptions.common();
        List.of(own).forEach(options::addOption);
        return options;
    }
}
