package org.cchq.migrate.agent;

import java.util.List;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.cchq.migrate.migration.AgentOption;

/** The options of {@code run_blob_migration} and its like: HQ's own (facts of {@code corehq.blobs.management}), then this agent's. */
final class BlobMigrationOptions {
    static final Option LOG_DIR = shared(AgentOption.LOG_DIR);
    static final Option RESET = shared(AgentOption.RESET);
    static final Option CHUNK_SIZE = shared(AgentOption.CHUNK_SIZE, "100");
    static final Option NUM_WORKERS = shared(AgentOption.NUM_WORKERS, "10");
    static final Option DATE_RANGE = shared(AgentOption.DATE_RANGE);
    static final Option DAY_BY_DAY = shared(AgentOption.PROCESS_DAY_BY_DAY);
    static final Option SETTLE = shared(AgentOption.SETTLE);
    static final Option LISTING = shared(AgentOption.LISTING);
    static final Option KEEP_ORPHANS = shared(AgentOption.KEEP_ORPHANS);
    static final Option PART_SIZE = shared(AgentOption.PART_SIZE);

    static final Option REPORT_ONLY = shared(AgentOption.REPORT_ONLY);
    static final Option READ = shared(AgentOption.READ);
    static final Option MIGRATE = shared(AgentOption.MIGRATE);

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

    static Options verify() {
        Options options = copyBack();
        options.addOption(REPORT_ONLY);
        options.addOption(READ);
        return options;
    }

    static Options copyBack() {
        Options options = common();
        List.of(LOG_DIR, RESET, CHUNK_SIZE, NUM_WORKERS, DATE_RANGE, SETTLE, LISTING, KEEP_ORPHANS, PART_SIZE)
                .forEach(options::addOption);
        return options;
    }

    static Options check() {
        Options options = common();
        options.addOption(NUM_WORKERS);
        options.addOption(MIGRATE);
        return options;
    }

    private static Option shared(AgentOption option) {
        return option(option, option.text());
    }

    private static Option shared(AgentOption option, String usual) {
        return option(option, option.text(usual));
    }

    private static Option option(AgentOption option, String text) {
        return option.argument()
                .map(argument -> valued(option.word(), argument, text))
                .orElseGet(() -> flag(option.word(), text));
    }

    static Option flag(String name, String text) {
        return Option.builder().longOpt(name).desc(text).get();
    }

    static Option valued(String name, String argument, String text) {
        return Option.builder()
                .longOpt(name)
                .hasArg()
                .argName(argument)
                .desc(text)
                .get();
    }
}
