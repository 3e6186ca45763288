package org.cchq.migrate.store.blob;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.Sleeper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lists a store with several threads. It begins with one range; whenever a thread has nothing to do, another one gives it
 * the second half of its own range, so that nothing has to be known of the keys before. A page that fails is asked for
 * again alone.
 */
final class ParallelListing {
    /** Takes the entries of a page; called by several threads. */
    @FunctionalInterface
    interface PageConsumer {
        void accept(List<BlobPage.Entry> entries) throws IOException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(ParallelListing.class);
    /** With the pauses between them about five minutes. */
    private static final int ATTEMPTS = 16;

    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 30_000;

    private final BlobStore store;
    private final int listers;
    private final Sleeper sleeper;
    private final PageConsumer consumer;
    private final Deque<KeyRange> waiting = new ArrayDeque<>();
    private int atWork;

    ParallelListing(BlobStore store, int listers, Sleeper sleeper, PageConsumer consumer) {
        this.store = store;
        this.listers = listers;
        this.sleeper = sleeper;
        this.consumer = consumer;
    }

    /** Returns when every key was given to the consumer. */
    void run() throws EndpointException, IOException, InterruptedException {
        waiting.add(KeyRange.ALL);
        ExecutorService threads = Executors.newFixedThreadPool(listers, work -> new Thread(work, "lister"));
        try {
            CompletionService<Void> ended = new ExecutorCompletionService<>(threads);
            for (int i = 0; i < listers; i++) {
                ended.submit(() -> {
                    listRanges();
                    return null;
                });
            }
            for (int i = 0; i < listers; i++) {
                ended.take().get();
            }
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        } finally {
            threads.shutdownNow();
            // Nobody may add to the consumer after this returns.
            threads.awaitTermination(1, TimeUnit.MINUTES);
        }
    }

    private static RuntimeException rethrown(@Nullable Throwable cause)
            throws EndpointException, IOException, InterruptedException {
        if (cause instanceof EndpointException e) {
            throw e;
        } else if (cause instanceof IOException e) {
            throw e;
        } else if (cause instanceof InterruptedException e) {
            throw e;
        }
        return new IllegalStateException(cause);
    }

    private void listRanges() throws EndpointException, IOException, InterruptedException {
        for (Optional<KeyRange> range = take(); range.isPresent(); range = take()) {
            list(range.get());
            done();
        }
    }

    private void list(KeyRange whole) throws EndpointException, IOException, InterruptedException {
        KeyRange range = whole;
        while (true) {
            BlobPage page = page(range.after());
            List<BlobPage.Entry> inRange = new ArrayList<>();
            for (BlobPage.Entry entry : page.entries()) {
                if (range.holds(entry.key())) {
                    inRange.add(entry);
                }
            }
            consumer.accept(inRange);
            if (!page.more() || inRange.size() < page.entries().size() || inRange.isEmpty()) {
                return;
            }
            range = shared(range.from(inRange.get(inRange.size() - 1).key()));
        }
    }

    private BlobPage page(String after) throws EndpointException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return store.list(after);
            } catch (EndpointException e) {
                if (!e.retryable() || attempt == ATTEMPTS) {
                    throw e;
                }
                LOG.debug("attempt {} to list {}: {}", attempt, e.endpoint(), e.getMessage());
                long longest = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << attempt);
                sleeper.sleep(Duration.ofMillis(ThreadLocalRandom.current().nextLong(longest / 2, longest)));
            }
        }
    }

    /** A range to list; empty when all ranges are done. */
    private synchronized Optional<KeyRange> take() throws InterruptedException {
        while (waiting.isEmpty()) {
            if (atWork == 0) {
                notifyAll();
                return Optional.empty();
            }
            wait();
        }
        atWork++;
        return Optional.of(waiting.remove());
    }

    private synchronized void done() {
        atWork--;
        notifyAll();
    }

    /** Gives the second half away if somebody has nothing to do; the part that is kept. */
    private synchronized KeyRange shared(KeyRange range) {
        boolean idle = atWork + waiting.size() < listers;
        Optional<String> middle = idle ? range.middle() : Optional.empty();
        if (middle.isEmpty()) {
            return range;
        }
        waiting.add(new KeyRange(middle.get(), range.last()));
        notifyAll();
        return new KeyRange(range.after(), middle);
    }
}
