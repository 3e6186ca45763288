package org.cchq.migrate.console;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** When a log gets its next line of progress: each 10 s in the first minute, each minute in the first hour, then each 10. */
final class Thinning {
    private final Clock clock;
    private @Nullable Instant first;
    private @Nullable Instant last;

    Thinning(Clock clock) {
        this.clock = clock;
    }

    boolean due() {
        Instant now = clock.instant();
        Instant begin = first;
        Instant before = last;
        if (begin == null || before == null) {
            first = now;
            last = now;
            return true;
        }
        Duration age = Duration.between(begin, now);
        Duration pause = age.compareTo(Duration.ofMinutes(1)) <= 0
                ? Duration.ofSeconds(10)
                : age.compareTo(Duration.ofHours(1)) <= 0 ? Duration.ofMinutes(1) : Duration.ofMinutes(10);
        if (Duration.between(before, now).compareTo(pause) < 0) {
            return false;
        }
        last = now;
        return true;
    }
}
