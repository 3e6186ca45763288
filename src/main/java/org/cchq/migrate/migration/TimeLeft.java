package org.cchq.migrate.migration;

import java.time.Duration;
import java.util.Optional;

/** How long a pass will still take. */
public final class TimeLeft {
    /** Before this share of the items is done, a forecast is a guess. */
    public static final double SMALLEST_SHARE = 0.01;

    /** Before this time has passed, the rate is a guess. */
    public static final Duration SHORTEST_TIME = Duration.ofSeconds(30);

    private TimeLeft() {}

    /** By the rate of the last half minute; empty as long as that means nothing, and while nothing moves. */
    public static Optional<Duration> of(ProgressSnapshot snapshot) {
        if (snapshot.total().isEmpty()
                || snapshot.elapsed().compareTo(SHORTEST_TIME) < 0
                || snapshot.itemsPerSecond() <= 0) {
            return Optional.empty();
        }
        long total = snapshot.total().getAsLong();
        long done = snapshot.pass().done();
        if (done < total * SMALLEST_SHARE || done >= total) {
            return Optional.empty();
        }
        return Optional.of(Duration.ofSeconds(Math.round((total - done) / snapshot.itemsPerSecond())));
    }
}
