package org.cchq.migrate.engine;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.ProgressSnapshot;

/** Counts a running pass; {@link #snapshot()} is what everybody shows. Thread-safe. */
public final class Progress {
    /** Rates are those of the last this many seconds. */
    static final int WINDOW_SECONDS = 30;

    private final Time time;
    private final long began;
    private final Tally session = new Tally();
    private final RecentRate items;
    private final RecentRate bytes;
    private OptionalLong total = OptionalLong.empty();
    private Counts recorded;
    private long enumeratedBefore;
    private Tally pending = new Tally();
    private IntSupplier inFlight = () -> 0;
    private Supplier<Optional<String>> pausedBy = Optional::empty;
    private String waiting = "";

    public Progress(Time time) {
        this(time, Counts.NONE);
    }

    /** @param earlier what earlier sessions of the pass have counted, to be shown until the pass begins */
    public Progress(Time time, Counts earlier) {
        this.recorded = earlier;
        this.enumeratedBefore = earlier.enumerated();
        this.time = time;
        this.began = time.nanos();
        this.items = new RecentRate(began);
        this.bytes = new RecentRate(began);
    }

    /** @param expected items of the whole pass, an estimate */
    public synchronized void total(long expected) {
        total = OptionalLong.of(expected);
    }

    public synchronized ProgressSnapshot snapshot() {
        long now = time.nanos();
        return new ProgressSnapshot(
                total,
                pass(),
                session.counts(),
                Duration.ofNanos(now - began),
                inFlight.getAsInt(),
                items.perSecond(now),
                bytes.perSecond(now),
                pausedBy.get().map(by -> "paused by " + by).orElse(waiting));
    }

    private Counts pass() {
        Counts sum = recorded.plus(pending.counts());
        return new Counts(
                enumeratedBefore + session.counts().enumerated(), sum.outcomes(), sum.bytes(), sum.orphansRemoved());
    }

    synchronized OptionalLong total() {
        return total;
    }

    synchronized void begin(Counts earlier, IntSupplier attempts, Supplier<Optional<String>> whoPaused) {
        recorded = earlier;
        enumeratedBefore = earlier.enumerated();
        pending = new Tally();
        inFlight = attempts;
        pausedBy = whoPaused;
    }

    synchronized void enumerated(int count) {
        session.enumerated(count);
    }

    /** An item of a chunk that an earlier session has begun, and that ended then. */
    synchronized void endedEarlier(ItemResult result) {
        pending.add(result);
    }

    /** An item ended for the first time in this pass. */
    synchronized void ended(ItemResult result) {
        pending.add(result);
        endedAgain(result);
    }

    /** An item ended that is in the counts of an earlier session as failed; the pass shows it once it is recorded. */
    synchronized void endedAgain(ItemResult result) {
        session.add(result);
        long now = time.nanos();
        items.add(now, 1);
        bytes.add(now, result.bytes());
    }

    /** The look at a settled chunk changed how an item ended. */
    synchronized void changed(ItemResult before, ItemResult after) {
        session.takeBack(before);
        session.add(after);
    }

    /** The ledger has recorded these items, which were pending. */
    synchronized void recorded(Counts ledger, Collection<ItemResult> noLongerPending) {
        recorded = ledger;
        noLongerPending.forEach(pending::takeBack);
    }

    /** @param why "" when things move again */
    synchronized void waiting(String why) {
        waiting = why;
    }
}
