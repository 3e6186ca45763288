package org.cchq.migrate.engine;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How often and how long to try again. Pauses grow exponentially, with full jitter: anything from nothing up to
 * {@code first * 2^(failures - 1)}, at most {@code longest}.
 *
 * @param attempts of one item that fails while others succeed; 1 or more
 * @param patience how long an endpoint may be throttled or unreachable for everybody before the run ends, counted from
 *     its last success
 */
public record RetryPolicy(int attempts, Duration first, Duration longest, Duration patience) {
    public static final RetryPolicy DEFAULT =
            new RetryPolicy(6, Duration.ofMillis(500), Duration.ofSeconds(20), Duration.ofMinutes(15));

    private static final int THROTTLED_ATTEMPTS = 20;
    private static final int MOST_DOUBLINGS = 30;

    public RetryPolicy {
        if (attempts < 1 || first.isNegative() || longest.compareTo(first) < 0 || patience.isNegative()) {
            throw new IllegalArgumentException("attempts from 1, pauses and patience not negative");
        }
    }

    /** The same, with another patience. */
    public RetryPolicy withPatience(Duration other) {
        return new RetryPolicy(attempts, first, longest, other);
    }

    /** Attempts of one item that is throttled while others are not: a store may be busy in one place for minutes. */
    int throttledAttempts() {
        return Math.max(attempts, THROTTLED_ATTEMPTS);
    }

    /** How long to wait before the next attempt; {@code failures} so far, from 1. */
    public Duration pause(int failures, RandomGenerator random) {
        double grown = first.toNanos() * (double) (1L << Math.min(failures - 1, MOST_DOUBLINGS));
        long bound = (long) Math.min(grown, (double) longest.toNanos());
        return Duration.ofNanos(bound == 0 ? 0 : random.nextLong(bound + 1));
    }
}
