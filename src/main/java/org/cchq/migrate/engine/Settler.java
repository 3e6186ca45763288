package org.cchq.migrate.engine;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;

/**
 * Finishes chunks whose items have ended: waits until what was under way when they ended has come to rest, looks what
 * became of the items, and has the ledger count them. Items wait in the ledger, not in memory.
 */
final class Settler<T> {
    /** Chunks that may wait; more of them hold the reading up. */
    static final int MOST_WAITING = 10_000;

    private static final long LOOK_MILLIS = 20;

    private final Work<T> work;
    private final Ledger ledger;
    private final Duration rest;
    private final Time time;
    private final Halt halt;
    private final Retry retry;
    private final Progress progress;
    private final FindingListener findings;
    private final BlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>();
    private final AtomicInteger unfinished = new AtomicInteger();
    private volatile boolean noMore;

    Settler(
            Work<T> work,
            Ledger ledger,
            Duration rest,
            Time time,
            Halt halt,
            Retry retry,
            Progress progress,
            FindingListener findings) {
        this.work = work;
        this.ledger = ledger;
        this.rest = rest;
        this.time = time;
        this.halt = halt;
        this.retry = retry;
        this.progress = progress;
        this.findings = findings;
    }

    /** @param chunk empty to wake who waits for one */
    private record Waiting(Optional<OpenChunk> chunk, long dueAt) {}

    /** A chunk ended just now. */
    void add(OpenChunk chunk) {
        add(chunk, rest);
    }

    /** A chunk ended in an earlier session: rests for what is left, never longer than a whole rest. */
    void addEndedEarlier(OpenChunk chunk, Clock clock) {
        Instant ended = chunk.ended().orElseThrow();
        Duration left = rest.minus(Duration.between(ended, clock.instant()));
        add(chunk, left.compareTo(rest) > 0 ? rest : left);
    }

    private void add(OpenChunk chunk, Duration left) {
        unfinished.incrementAndGet();
        waiting.add(new Waiting(Optional.of(chunk), time.nanos() + left.toNanos()));
    }

    boolean full() {
        return unfinished.get() >= MOST_WAITING;
    }

    /** Nothing is added any more: the thread ends when everything is finished. */
    void noMore() {
        noMore = true;
        waiting.add(new Waiting(Optional.empty(), 0));
    }

    boolean finished() {
        return noMore && unfinished.get() == 0;
    }

    /** The body of the settler's thread. */
    void finishAll() throws EndpointException, UserException, HaltedException, InterruptedException {
        while (!finished()) {
            halt.check();
            Waiting next = waiting.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            if (next != null && next.chunk().isPresent()) {
                halt.sleep(Duration.ofNanos(Math.max(0, next.dueAt() - time.nanos())));
                finish(next.chunk().get());
                unfinished.decrementAndGet();
            }
        }
    }

    private void finish(OpenChunk chunk)
            throws EndpointException, UserException, HaltedException, InterruptedException {
        Map<Long, EndedItem> ended = ledger.results(chunk);
        List<Settled<T>> items = new ArrayList<>();
        for (T item : work.decode(chunk.partition(), ledger.items(chunk))) {
            EndedItem result = ended.get(work.id(item));
            if (result == null) {
                throw new IllegalStateException(
                        "chunk " + chunk.number() + ": item " + work.id(item) + " has no result");
            }
            items.add(new Settled<>(item, result.result()));
        }
        Collection<ItemResult> before =
                ended.values().stream().map(EndedItem::result).toList();
        for (Settled<T> changed : retry.patiently(() -> work.settle(chunk.partition(), items))) {
            EndedItem was = ended.get(work.id(changed.item()));
            if (was == null) {
                throw new IllegalStateException("settled an item that is not in the chunk: " + work.id(changed.item()));
            }
            ended.put(was.id(), was.with(changed.result()));
            progress.changed(was.result(), changed.result());
        }
        for (EndedItem item : ended.values()) {
            if (item.result().finding().isPresent()) {
                findings.found(item.result().finding().get());
            }
        }
        ledger.finish(chunk, ended.values());
        progress.recorded(ledger.counts(), chunk.again() ? List.of() : before);
    }
}
