package org.cchq.migrate.kind.doctypes;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.Outcome;
import org.cchq.migrate.migration.ProgressSnapshot;

/** Counts documents of a run. Thread-safe. */
final class RunTally {
    private static final long WINDOW_NANOS = Duration.ofSeconds(30).toNanos();

    private record Moment(long nanos, long settled, long bytes) {}

    private final long began = System.nanoTime();
    private final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
    private final Deque<Moment> moments = new ArrayDeque<>();
    private final Counts before;
    private OptionalLong total = OptionalLong.empty();
    private long settled;
    private long bytes;
    private long diverged;
    private int inFlight;

    /** @param before what earlier sessions of the pass have counted */
    RunTally(Counts before) {
        this.before = before;
    }

    synchronized void total(long expected) {
        total = OptionalLong.of(expected);
    }

    synchronized void begun() {
        inFlight++;
    }

    synchronized void ended(int documents, Settlement settlement) {
        inFlight--;
        settled += documents;
        bytes += settlement.bytes();
        diverged += settlement.outcomes().getOrDefault(Outcome.DIFFERS, 0L);
        settlement.outcomes().forEach((outcome, count) -> outcomes.merge(outcome, count, Long::sum));
    }

    synchronized void abandoned() {
        inFlight--;
    }

    synchronized long diverged() {
        return diverged;
    }

    synchronized Counts counts() {
        return before.plus(session());
    }

    synchronized ProgressSnapshot snapshot(String waiting) {
        long now = System.nanoTime();
        moments.addLast(new Moment(now, settled, bytes));
        while (moments.size() > 2 && now - moments.getFirst().nanos() > WINDOW_NANOS) {
            moments.removeFirst();
        }
        Moment first = moments.size() > 1 ? moments.getFirst() : new Moment(began, 0, 0);
        double seconds = Math.max(1e-9, (now - first.nanos()) / 1e9);
        return new ProgressSnapshot(
                total,
                counts(),
                session(),
                Duration.ofNanos(now - began),
                inFlight,
                (settled - first.settled()) / seconds,
                (bytes - first.bytes()) / seconds,
                waiting);
    }

    private Counts session() {
        return new Counts(settled, outcomes, bytes, 0);
    }
}
