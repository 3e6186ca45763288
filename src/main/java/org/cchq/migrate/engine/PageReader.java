package org.cchq.migrate.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.cchq.migrate.base.EndpointException;

/**
 * Reads pages, a partition at a time in turn, one page ahead of who takes them. A partition that cannot be read is
 * looked at again later; the others go on meanwhile.
 */
final class PageReader<T> {
    private static final long LOOK_MILLIS = 50;

    private final Work<T> work;
    private final int pageItems;
    private final RetryPolicy policy;
    private final Time time;
    private final RandomGenerator random;
    private final Halt halt;
    private final Retry retry;
    private final Deque<Cursor> cursors = new ArrayDeque<>();
    private final BlockingQueue<Page<T>> pages = new ArrayBlockingQueue<>(1);
    private volatile boolean atEnd;

    PageReader(
            Work<T> work,
            Map<String, Long> begun,
            int pageItems,
            RetryPolicy policy,
            Time time,
            RandomGenerator random,
            Halt halt,
            Retry retry) {
        this.work = work;
        this.pageItems = pageItems;
        this.policy = policy;
        this.time = time;
        this.random = random;
        this.halt = halt;
        this.retry = retry;
        for (String partition : work.partitions()) {
            cursors.add(new Cursor(partition, begun.getOrDefault(partition, Long.MIN_VALUE)));
        }
    }

    record Page<T>(String partition, List<T> items) {}

    /** Where the reading of a partition stands. */
    private final class Cursor {
        private final String partition;
        private final Patience patience = new Patience(time, policy.patience());
        private long after;
        private int failures;
        private long dueAt = time.nanos();

        Cursor(String partition, long after) {
            this.partition = partition;
            this.after = after;
        }

        private long nanosUntilDue() {
            return failures == 0 ? 0 : dueAt - time.nanos();
        }

        private void succeeded() {
            failures = 0;
            patience.succeeded();
        }

        private void failed() {
            failures++;
            dueAt = time.nanos() + policy.pause(failures, random).toNanos();
        }
    }

    /** The next page; empty at the end of all partitions. */
    Optional<Page<T>> take() throws HaltedException, InterruptedException {
        while (true) {
            halt.check();
            boolean last = atEnd;
            Page<T> page = pages.poll(last ? 0 : LOOK_MILLIS, TimeUnit.MILLISECONDS);
            if (page != null && !page.items().isEmpty()) {
                return Optional.of(page);
            }
            if (last && page == null) {
                return Optional.empty();
            }
        }
    }

    /** Reads everything; the body of the reader's thread. */
    void readAll() throws EndpointException, HaltedException, InterruptedException {
        while (!cursors.isEmpty()) {
            Cursor cursor = nextDue();
            Optional<List<T>> page = read(cursor);
            if (page.isPresent() && page.get().isEmpty()) {
                continue;
            }
            if (page.isPresent()) {
                cursor.after = lastId(cursor, page.get());
                handOver(new Page<>(cursor.partition, page.get()));
            }
            cursors.addLast(cursor);
        }
        atEnd = true;
        // Wakes who waits for one more page.
        pages.offer(new Page<>("", List.of()));
    }

    private Cursor nextDue() throws HaltedException, InterruptedException {
        while (true) {
            for (int i = cursors.size(); i > 0; i--) {
                Cursor cursor = cursors.removeFirst();
                if (cursor.nanosUntilDue() <= 0) {
                    return cursor;
                }
                cursors.addLast(cursor);
            }
            long soonest = cursors.stream()
                    .map(Cursor::nanosUntilDue)
                    .min(Comparator.naturalOrder())
                    .orElseThrow();
            halt.sleep(Duration.ofNanos(Math.max(soonest, 1)));
        }
    }

    /** Empty if the partition did not answer and is tried again later. */
    private Optional<List<T>> read(Cursor cursor) throws EndpointException, InterruptedException {
        try {
            List<T> items = work.page(cursor.partition, cursor.after, pageItems);
            cursor.succeeded();
            return Optional.of(items);
        } catch (EndpointException e) {
            if (!e.retryable()) {
                throw e;
            }
            cursor.failed();
            retry.waitingFor(e);
            boolean othersGoOn = cursors.stream().anyMatch(other -> other.failures == 0);
            if (cursor.patience.exhausted() && !othersGoOn) {
                throw retry.outOfPatience(e);
            }
            return Optional.empty();
        }
    }

    private long lastId(Cursor cursor, List<T> items) {
        long last = cursor.after;
        for (T item : items) {
            if (work.id(item) <= last) {
                throw new IllegalStateException(
                        "ids of " + cursor.partition + " must ascend: " + work.id(item) + " after " + last);
            }
            last = work.id(item);
        }
        return last;
    }

    private void handOver(Page<T> page) throws HaltedException, InterruptedException {
        while (!pages.offer(page, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            halt.check();
        }
    }
}
