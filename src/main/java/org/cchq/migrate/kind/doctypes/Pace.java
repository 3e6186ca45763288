package org.cchq.migrate.kind.doctypes;

import java.time.Duration;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.engine.RunControl;
import org.cchq.migrate.engine.Time;

/** How fast documents may be changed, and whether to go on at all: a person can pause and cancel. For one thread. */
final class Pace {
    private static final Duration LOOK = Duration.ofMillis(100);

    private final RunControl control;
    private final int perSecond;
    private final Time time;
    private long freeAt;

    /** @param perSecond documents a second, 0: as fast as the server takes them */
    Pace(RunControl control, int perSecond, Time time) {
        this.control = control;
        this.perSecond = perSecond;
        this.time = time;
        this.freeAt = time.nanos();
    }

    /** Waits until so many documents may be changed; false if the run is to end. */
    boolean mayChange(int documents) throws InterruptedException {
        while (control.pausedBy().isPresent() || time.nanos() < freeAt) {
            if (control.cancelledBy().isPresent()) {
                return false;
            }
            time.sleep(LOOK);
        }
        if (perSecond > 0) {
            freeAt = Math.max(time.nanos(), freeAt) + documents * 1_000_000_000L / perSecond;
        }
        return control.cancelledBy().isEmpty();
    }

    /** What the process ends with when the run was ended early. */
    ExitCode endedBy() {
        return control.cancelledBy().filter("signal"::equals).isPresent() ? ExitCode.INTERRUPTED : ExitCode.STOPPED;
    }
}
