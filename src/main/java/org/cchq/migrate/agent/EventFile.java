package org.cchq.migrate.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.function.Consumer;
import org.cchq.migrate.migration.AgentEvent;

/** Writes events one a line, flushed at once, so that a reader can follow by byte offset. Thread-safe. */
final class EventFile implements Consumer<AgentEvent> {
    private final Writer out;

    EventFile(Writer out) {
        this.out = out;
    }

    @Override
    public synchronized void accept(AgentEvent event) {
        try {
            out.write(event.toLine() + "\n");
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write an event", e);
        }
    }
}
