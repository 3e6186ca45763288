package org.cchq.migrate.engine;

import java.time.Duration;
import org.cchq.migrate.base.Sleeper;

/** Monotonic time, which no jump of a clock moves, and waiting; passed in, so that a test needs no patience. */
public interface Time extends Sleeper {
    Time SYSTEM = new Time() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
            Sleeper.SYSTEM.sleep(duration);
        }
    };

    /** Nanoseconds since an arbitrary moment; only differences mean something. */
    long nanos();
}
