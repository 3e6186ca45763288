package org.cchq.migrate.run;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.migration.AgentEvent;

/** Keeps what it is told. */
final class RecordedJob implements JobListener {
    final List<String> lines = new CopyOnWriteArrayList<>();
    final List<AgentEvent> events = new CopyOnWriteArrayList<>();
    final AtomicInteger losses = new AtomicInteger();

    @Override
    public void output(String line) {
        lines.add(line);
    }

    @Override
    public void event(AgentEvent event, String line) {
        events.add(event);
    }

    @Override
    public void lost(EndpointException why, Duration nextAttempt) {
        losses.incrementAndGet();
    }

    @Override
    public void connectedAgain() {}
}
