package org.cchq.migrate.kind.doctypes;

import java.util.concurrent.TimeUnit;

/** Calls once a second, in a thread of its own, until it is closed, and then once more. */
final class Ticker implements AutoCloseable {
    private final Runnable tick;
    private final Thread thread;

    Ticker(Runnable tick) {
        this.tick = tick;
        this.thread = new Thread(this::run, "progress");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                TimeUnit.SECONDS.sleep(1);
                tick.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        tick.run();
    }
}
