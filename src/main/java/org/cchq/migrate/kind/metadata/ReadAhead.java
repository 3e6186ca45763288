package org.cchq.migrate.kind.metadata;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.cchq.migrate.base.EndpointException;

/**
 * Reads the pages of a part's ranges beside each other, one page of each range ahead of who takes them: the server works
 * while the rows of other pages are written. Of one thread.
 */
final class ReadAhead implements AutoCloseable {
    private final MetadataPart part;
    private final int limit;
    private final AtomicInteger number = new AtomicInteger();
    private final ExecutorService readers;
    private final Map<String, Begun> begun = new HashMap<>();

    /**
     * @param limit documents of a page
     * @param readers requests at a time
     */
    ReadAhead(MetadataPart part, int limit, int readers) {
        this.part = part;
        this.limit = limit;
        this.readers = Executors.newFixedThreadPool(readers, task -> {
            Thread thread = new Thread(task, "read-ahead-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    private record Begun(String after, Future<MetadataPart.Page> page) {}

    /** The page of a range behind {@code after}; the one behind it is begun. */
    MetadataPart.Page take(String range, String after) throws EndpointException, InterruptedException {
        Begun ahead = begun.remove(range);
        if (ahead == null || !ahead.after().equals(after)) {
            ahead = begin(range, after);
        }
        MetadataPart.Page page = await(ahead.page());
        if (!page.end()) {
            begun.put(range, begin(range, page.through()));
        }
        return page;
    }

    private Begun begin(String range, String after) {
        return new Begun(after, readers.submit(() -> part.page(range, after, limit)));
    }

    private static MetadataPart.Page await(Future<MetadataPart.Page> page)
            throws EndpointException, InterruptedException {
        try {
            return page.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof EndpointException endpoint) {
                throw endpoint;
            }
            throw new IllegalStateException("reading ahead failed", e);
        }
    }

    @Override
    public void close() {
        readers.shutdownNow();
    }
}
