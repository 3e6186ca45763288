package org.cchq.migrate.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A signal's way to the running phase: whoever runs listens, and hears at once if the signal was there before. */
public final class StopRequest {
    private final List<Consumer<String>> listeners = new ArrayList<>();
    private boolean signalled;

    /** SIGINT or SIGTERM arrived. */
    public synchronized void bySignal() {
        signalled = true;
        listeners.forEach(listener -> listener.accept("signal"));
    }

    public synchronized boolean signalled() {
        return signalled;
    }

    /** @param listener is given who asks */
    public synchronized void listen(Consumer<String> listener) {
        listeners.add(listener);
        if (signalled) {
            listener.accept("signal");
        }
    }
}
