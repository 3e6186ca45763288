package org.cchq.migrate.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Polls with a deadline, where a test waits for another process. */
public final class Eventually {
    /** A condition that may fail to be looked at. */
    @FunctionalInterface
    public interface Condition {
        boolean holds() throws Exception;
    }

    private Eventually() {}

    /** Returns as soon as the condition holds; fails with {@code what} if it does not within the time. */
    public static void holds(String what, Duration within, Condition condition) throws Exception {
        long deadline = System.nanoTime() + within.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited " + within + " in vain for: " + what);
            }
            LockSupport.parkNanos(20_000_000);
        }
    }
}
