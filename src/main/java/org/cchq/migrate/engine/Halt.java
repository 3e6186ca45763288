package org.cchq.migrate.engine;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells the threads of one run that it is ending, and why. Thread-safe. */
final class Halt {
    /** Longest sleep without looking whether the run is ending. */
    private static final Duration LOOK = Duration.ofMillis(100);

    private final RunControl control;
    private final Time time;
    private volatile boolean ending;
    private @Nullable Throwable cause;

    Halt(RunControl control, Time time) {
        this.control = control;
        this.time = time;
    }

    /** Ends the run with this error; the first one wins. */
    synchronized void because(Throwable error) {
        if (cause == null) {
            cause = error;
        }
        ending = true;
    }

    void end() {
        ending = true;
    }

    synchronized Optional<Throwable> cause() {
        return Optional.ofNullable(cause);
    }

    boolean ending() {
        return ending || control.cancelledBy().isPresent();
    }

    void check() throws HaltedException {
        if (ending()) {
            throw new HaltedException();
        }
    }

    /** Sleeps, but not on when the run is ending. */
    void sleep(Duration duration) throws HaltedException, InterruptedException {
        long until = time.nanos() + duration.toNanos();
        for (long rest = duration.toNanos(); rest > 0; rest = until - time.nanos()) {
            check();
            time.sleep(Duration.ofNanos(Math.min(rest, LOOK.toNanos())));
        }
        check();
    }
}
