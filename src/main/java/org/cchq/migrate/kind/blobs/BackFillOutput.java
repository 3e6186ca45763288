package org.cchq.migrate.kind.blobs;

import java.util.function.Consumer;
import org.cchq.migrate.migration.AgentEvent;

/** Where a run tells what happens. Thread-safe. */
public interface BackFillOutput extends Consumer<AgentEvent> {
    /** A line in HQ's words that is no event. */
    void line(String text);

    /** From now on every printed line is copied to the run's summary file. */
    void copyLinesTo(Consumer<String> summaryFile);
}
