package org.cchq.migrate.kind.blobs;

import java.time.Clock;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.cchq.migrate.engine.Progress;
import org.cchq.migrate.migration.AgentEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes one snapshot a second and tells it; the only one that does. */
final class ProgressTicker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProgressTicker.class);

    private final Progress progress;
    private final Consumer<AgentEvent> output;
    private final Clock clock;
    private final ScheduledExecutorService ticking = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "progress");
        thread.setDaemon(true);
        return thread;
    });

    private final ScheduledFuture<?> ticks;

    ProgressTicker(Progress progress, Consumer<AgentEvent> output, Clock clock) {
        this.progress = progress;
        this.output = output;
        this.clock = clock;
        tell();
        ticks = ticking.scheduleAtFixedRate(this::tell, 1, 1, TimeUnit.SECONDS);
    }

    /** The last snapshot, after everything has ended. */
    void last() throws InterruptedException {
        close();
        if (!ticking.awaitTermination(5, TimeUnit.SECONDS)) {
            LOG.warn("the progress display is stuck");
        }
        tell();
    }

    private void tell() {
        output.accept(new AgentEvent.Progressed(clock.instant(), progress.snapshot()));
    }

    @Override
    public void close() {
        ticks.cancel(false);
        ticking.shutdown();
    }
}
