package org.cchq.migrate.engine;

import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a person may ask of a running pass. Thread-safe; every request takes effect within a second. */
public final class RunControl {
    private int workers;
    private @Nullable String cancelledBy;
    private @Nullable String pausedBy;

    /** @param workers items that may be worked on at once, 1 or more */
    public RunControl(int workers) {
        setWorkers(workers);
    }

    /** Ends the run in order: items in flight are ended, the rest is left for the next run. */
    public synchronized void cancel(String by) {
        if (cancelledBy == null) {
            cancelledBy = by;
        }
        notifyAll();
    }

    /** Begins no item until {@link #resume()}. */
    public synchronized void pause(String by) {
        pausedBy = by;
        notifyAll();
    }

    public synchronized void resume() {
        pausedBy = null;
        notifyAll();
    }

    /**
     * Waits while the run is paused; for work that is not the engine's.
     *
     * @param paused is told by whom, before the wait
     * @return false once the run is to end
     */
    public boolean mayGoOn(Consumer<String> paused) throws InterruptedException {
        pausedBy().filter(by -> cancelledBy().isEmpty()).ifPresent(paused);
        synchronized (this) {
            while (pausedBy != null && cancelledBy == null) {
                wait();
            }
            return cancelledBy == null;
        }
    }

    /** @param count 1 or more */
    public synchronized void setWorkers(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("workers: at least 1, not " + count);
        }
        workers = count;
        notifyAll();
    }

    public synchronized int workers() {
        return workers;
    }

    public synchronized Optional<String> cancelledBy() {
        return Optional.ofNullable(cancelledBy);
    }

    public synchronized Optional<String> pausedBy() {
        return Optional.ofNullable(pausedBy);
    }
}
