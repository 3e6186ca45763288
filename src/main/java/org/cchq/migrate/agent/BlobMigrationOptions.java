package org.cchq.migrate.agent;

import java.util.List;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;

/** The options of {@code run_blob_migration}: HQ's own (facts of {@code corehq.blobs.management}), then this agent's. */
final class BlobMigrationOptions {
    static final Option LOG_DIR = valued("log-dir", "DIR", "directory of the log, the summary and the ledger");
    static final Option RESET =
            flag("reset", "forget the state of earlier runs in this directory, start from the beginning");
    static final Option CHUNK_SIZE =
            valued("chunk-size", "N", "rows a page; also the unit of progress and checkpoint (100)");
    static final Option NUM_WORKERS = valued("num-workers", "N", "blobs in flight (10)");
    static final Option DATE_RANGE = valued(
            "date-range", "RANGE", "YYYYMMDD-YYYYMMDD, inclusive days of created_on in UTC; either side may be empty");
    static final Option DAY_BY_DAY = flag("process_day_by_day", "one run for each day of the date range");
    static final Option SETTLE =
            valued("settle", "SECONDS", "how long after a chunk its rows are looked up again for deletions (20)");
    static final Option LISTING = valued(
            "listing", "WHEN", "list the target first, so that what is there costs no request: auto, always, never");
    static final Option KEEP_ORPHANS =
            flag("keep-orphans", "list blobs whose row was deleted while they were copied, in place of removing them");
    static final Option PART_SIZE = valued(
            "part-size",
            "MIB",
            "largest body of one request, 5 to 512 MiB; must fit the proxy's body limit (parts of 8, less than 64 in one if let in)");

    static final Option MIGRATE = flag("migrate", "copy blobs that are found only in the old db");

    static final Option SETTINGS = valued("settings", "FILE", "JSON object of HQ's settings; - reads standard input");
    static final Option OUTPUT = valued("output", "FORMAT", "hq (lines as HQ prints them) or json (events)");
    static final Option EVENTS = valued("events", "FILE", "also append the events to this file");
    static final Option CONTROL =
            valued("control", "FILE", "requests to the running agent: cancel, pause, resume, workers N");
    static final Option RUN_BY = valued("run-by", "WHO", "who asked for this run, for the lease and the ledger");
    static final Option HELP = flag("help", "this text");

    private BlobMigrationOptions() {}

    /** Options of every command of the agent. */
    static Options common() {
        Options options = new Options();
        List.of(SETTINGS, OUTPUT, EVENTS, CONTROL, RUN_BY, HELP).forEach(options::addOption);
        // Django's own, accepted and without effect here.
        for (String django : List.of("no-color", "force-color", "traceback", "skip-checks")) {
            options.addOption(flag(django, "accepted, no effect"));
        }
        options.addOption(valued("verbosity", "N", "accepted, no effect"));
        return options;
    }

    static Options migration() {
        Options options = common();
        List.of(
                        LOG_DIR,
                        RESET,
                        CHUNK_SIZE,
                        NUM_WORKERS,
                        DATE_RANGE,
                        DAY_BY_DAY,
                        SETTLE,
                        LISTING,
                        KEEP_ORPHANS,
                        PART_SIZE)
                .forEach(options::addOption);
        return options;
    }

    static Options check() {
        Options options = common();
        options.addOption(NUM_WORKERS);
        options.addOption(MIGRATE);
        return options;
    }

    private static Option flag(String name, String text) {
        return Option.builder().longOpt(name).desc(text).get();
    }

    private static Option valued(String name, String argument, String text) {
        return Option.builder()
                .longOpt(name)
                .hasArg()
                .argName(argument)
                .desc(text)
                .get();
    }
}
