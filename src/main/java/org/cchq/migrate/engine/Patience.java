package org.cchq.migrate.engine;

import java.time.Duration;

/** How long nothing has succeeded any more. Thread-safe. */
final class Patience {
    private final Time time;
    private final long limitNanos;
    private long lastSuccess;
    private long successes;

    Patience(Time time, Duration limit) {
        this.time = time;
        this.limitNanos = limit.toNanos();
        this.lastSuccess = time.nanos();
    }

    synchronized void succeeded() {
        lastSuccess = time.nanos();
        successes++;
    }

    /** Something went on, though it has not succeeded yet. */
    synchronized void wentOn() {
        lastSuccess = time.nanos();
    }

    /** Grows with each success: two equal answers mean that nothing succeeded in between. */
    synchronized long successes() {
        return successes;
    }

    synchronized boolean exhausted() {
        return time.nanos() - lastSuccess > limitNanos;
    }
}
