package org.cchq.migrate.apply;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The same work on several hosts at a time. */
final class OnHosts {
    private static final int AT_ONCE = 20;

    /** The work for one of them. */
    interface Work<T, R> {
        R on(T one) throws InterruptedException;
    }

    private OnHosts() {}

    /** Results in the order of what was given; all have ended when this returns. */
    static <T, R> List<R> all(List<T> items, Work<T, R> work) throws InterruptedException {
        if (items.isEmpty()) {
            return List.of();
        }
        ExecutorService pool = Executors.newFixedThreadPool(Math.min(AT_ONCE, items.size()), task -> {
            Thread thread = new Thread(task, "host");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Future<R>> futures = new ArrayList<>();
            for (T item : items) {
                futures.add(pool.submit(() -> work.on(item)));
            }
            List<R> results = new ArrayList<>();
            for (Future<R> future : futures) {
                results.add(future.get());
            }
            return results;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof InterruptedException) {
                throw new InterruptedException(e.getCause().getMessage());
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }
}
