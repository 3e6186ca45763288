package org.cchq.migrate.migration;

import java.util.Optional;

/**
 * An option of the agent that the controller has too, and hands on as it was typed. Both say the same of it, except for
 * their defaults.
 */
public enum AgentOption {
    LOG_DIR("log-dir", "DIR", "directory of the log, the summary and the ledger"),
    CHUNK_SIZE("chunk-size", "N", "rows a page; also the unit of progress and checkpoint"),
    NUM_WORKERS("num-workers", "N", "blobs in flight"),
    DATE_RANGE(
            "date-range", "RANGE", "YYYYMMDD-YYYYMMDD, inclusive days of created_on in UTC; either side may be empty"),
    SETTLE("settle", "SECONDS", "how long after a chunk its rows are looked up again for deletions (20)"),
    LISTING("listing", "WHEN", "list the target first, so that what is there costs no request: auto, always, never"),
    PART_SIZE(
            "part-size",
            "MIB",
            "largest body of one request, 5 to 512 MiB; must fit the proxy's body limit (parts of 8, less than 64 in one if let in)"),
    PROCESS_DAY_BY_DAY("process_day_by_day", "", "one run for each day of the date range"),
    KEEP_ORPHANS(
            "keep-orphans", "", "list blobs whose row was deleted while they were copied, in place of removing them"),
    RESET("reset", "", "forget the state of earlier runs in the log directory, start from the beginning"),
    REPORT_ONLY("report-only", "", "fill no gap, write nothing to a store but the probe that is removed again"),
    READ("read", "", "believe no checksum: read every blob on both sides"),
    MIGRATE("migrate", "", "copy blobs that are found only in the old db");

    private final String word;
    private final String argument;
    private final String text;

    AgentOption(String word, String argument, String text) {
        this.word = word;
        this.argument = argument;
        this.text = text;
    }

    /** As it is typed after {@code --}. */
    public String word() {
        return word;
    }

    /** What its value is called; empty if it takes none. */
    public Optional<String> argument() {
        return argument.isEmpty() ? Optional.empty() : Optional.of(argument);
    }

    /** What it is for. */
    public String text() {
        return text;
    }

    /** @param remark its default, or where it has a meaning */
    public String text(String remark) {
        return text + " (" + remark + ")";
    }
}
