package org.cchq.migrate.http;

import java.time.Duration;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a blocking socket cannot do by itself: ends connections whose thread was interrupted, and those whose peer takes
 * no bytes; and closes what was idle for long. One daemon thread, started with the first connection.
 */
final class ConnectionGuard {
    /** How often it looks. */
    static final Duration PERIOD = Duration.ofMillis(200);

    /** Servers close idle connections after 5 to 75 seconds; one that is closed here costs no failed request. */
    private static final long IDLE_NANOS = Duration.ofSeconds(20).toNanos();

    private final Set<HttpConnection> open;
    private final LongConsumer closeIdle;
    private volatile boolean running;
    private @Nullable Thread thread;

    ConnectionGuard(Set<HttpConnection> open, LongConsumer closeIdle) {
        this.open = open;
        this.closeIdle = closeIdle;
    }

    void start() {
        if (!running) {
            startOnce();
        }
    }

    private synchronized void startOnce() {
        if (thread == null) {
            running = true;
            thread = new Thread(this::watch, "blob-connections");
            thread.setDaemon(true);
            thread.start();
        }
    }

    synchronized void stop() {
        running = false;
        if (thread != null) {
            thread.interrupt();
        }
    }

    private void watch() {
        try {
            while (running) {
                Thread.sleep(PERIOD.toMillis());
                long now = System.nanoTime();
                for (HttpConnection connection : open) {
                    if (connection.overdue(now)) {
                        connection.abort();
                    }
                }
                closeIdle.accept(IDLE_NANOS);
            }
        } catch (InterruptedException e) {
            // stop() was called.
        }
    }
}
