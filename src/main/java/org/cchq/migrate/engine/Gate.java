package org.cchq.migrate.engine;

/**
 * Lets as many attempts through as the endpoints bear: at most the workers that were asked for, half as many after an
 * endpoint asked for patience, and one more for each round that went well. Closed while the run is paused. Thread-safe.
 */
final class Gate {
    private static final long LOOK_MILLIS = 100;

    private final RunControl control;
    private final Halt halt;
    private double window;
    private int inFlight;
    private long round;

    Gate(RunControl control, Halt halt) {
        this.control = control;
        this.halt = halt;
        this.window = control.workers();
    }

    /**
     * Waits for a place.
     *
     * @return the round that this attempt belongs to, for {@link #throttled(long)}
     */
    long enter() throws HaltedException, InterruptedException {
        synchronized (control) {
            while (control.pausedBy().isPresent() || inFlight >= limit()) {
                halt.check();
                control.wait(LOOK_MILLIS);
            }
            halt.check();
            inFlight++;
            return round;
        }
    }

    void leave() {
        synchronized (control) {
            inFlight--;
            control.notifyAll();
        }
    }

    void succeeded() {
        synchronized (control) {
            window = Math.min(window + 1 / window, Math.max(control.workers(), 1));
            control.notifyAll();
        }
    }

    /** Halves the window, once for all attempts that began before the last halving. */
    void throttled(long attemptRound) {
        synchronized (control) {
            if (attemptRound == round) {
                window = Math.max(1, Math.min(window, control.workers()) / 2);
                round++;
            }
        }
    }

    int limit() {
        synchronized (control) {
            return Math.min((int) window, control.workers());
        }
    }

    int inFlight() {
        synchronized (control) {
            return inFlight;
        }
    }
}
