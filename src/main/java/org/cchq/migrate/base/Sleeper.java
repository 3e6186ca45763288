package org.cchq.migrate.base;

import java.time.Duration;

/** Waits; passed in, so that a test needs no patience. */
@FunctionalInterface
public interface Sleeper {
    Sleeper SYSTEM = duration -> Thread.sleep(duration.toMillis());

    void sleep(Duration duration) throws InterruptedException;
}
