package org.cchq.migrate.kind.metadata;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Does something once a second, until it is closed, and once more then. */
final class PartTicker implements AutoCloseable {
    private final ScheduledExecutorService ticking = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "progress");
        thread.setDaemon(true);
        return thread;
    });

    private final Runnable tick;
    private final ScheduledFuture<?> ticks;

    PartTicker(Runnable tick) {
        this.tick = tick;
        this.ticks = ticking.scheduleAtFixedRate(tick, 1, 1, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws InterruptedException {
        ticks.cancel(false);
        ticking.shutdown();
        if (ticking.awaitTermination(5, TimeUnit.SECONDS)) {
            tick.run();
        }
    }
}
