package org.cchq.migrate.engine;

import java.util.Arrays;

/** How much came in per second, over the last half minute, or since the beginning if that is less. Not thread-safe. */
final class RecentRate {
    private static final int SLOTS = Progress.WINDOW_SECONDS;
    private static final double NANOS = 1e9;

    private final long began;
    private final long[] amounts = new long[SLOTS];
    private long newest;

    RecentRate(long nanos) {
        began = nanos;
    }

    void add(long nanos, long amount) {
        moveTo(second(nanos));
        amounts[(int) (newest % SLOTS)] += amount;
    }

    double perSecond(long nanos) {
        moveTo(second(nanos));
        double covered = (nanos - began) / NANOS;
        // The newest slot is only partly over.
        double window = Math.min(covered, SLOTS - 1 + covered - Math.floor(covered));
        return covered <= 0 ? 0 : Arrays.stream(amounts).sum() / Math.max(window, 1);
    }

    private long second(long nanos) {
        return Math.max(newest, (long) ((nanos - began) / NANOS));
    }

    private void moveTo(long second) {
        for (long passed = newest + 1; passed <= Math.min(second, newest + SLOTS); passed++) {
            amounts[(int) (passed % SLOTS)] = 0;
        }
        newest = second;
    }
}
