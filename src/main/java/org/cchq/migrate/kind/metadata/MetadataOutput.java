package org.cchq.migrate.kind.metadata;

import java.util.function.Consumer;
import org.cchq.migrate.migration.AgentEvent;

/** Where a run tells what happens: events, and lines in HQ's words. Thread-safe. */
public interface MetadataOutput extends Consumer<AgentEvent> {
    /** A printed line. */
    void line(String text);

    /** From now on every printed line is copied to the run's summary file. */
    void copyLinesTo(Consumer<String> summaryFile);
}
