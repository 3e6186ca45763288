package org.cchq.migrate.kind.metadata;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.IntSupplier;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.Ledger;
import org.cchq.migrate.engine.Time;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.Outcome;
import org.cchq.migrate.migration.ProgressSnapshot;

/**
 * Counts of one part: those of this process, and with them those that earlier ones have kept in the ledger (kept once a
 * second: after a kill they are a little low, and are shown with a tilde). Thread-safe.
 */
final class PartTally {
    private static final String NOTE = "counts";

    private final Ledger ledger;
    private final RowCounts earlier;
    private final Time time;
    private final long began;
    private final long total;
    private RowCounts session = RowCounts.NONE;
    private IntSupplier refused = () -> 0;
    private long copied;
    private long seenAt;
    private long seen;
    private double rate;

    private PartTally(Ledger ledger, RowCounts earlier, Time time, long total) {
        this.ledger = ledger;
        this.earlier = earlier;
        this.time = time;
        this.total = total;
        this.began = time.nanos();
        this.seenAt = began;
    }

    /** @param total documents expected, an estimate */
    static PartTally read(Ledger ledger, Time time, long total) throws EndpointException, UserException {
        return new PartTally(
                ledger, RowCounts.of(Json.readObject(ledger.note(NOTE).orElse("{}"), "ledger")), time, total);
    }

    /** @param now how many documents are refused, in whichever run */
    synchronized void refused(IntSupplier now) {
        refused = now;
    }

    synchronized void add(PageRows page, long inserted) {
        session = session.plus(page.counts().written(inserted));
        copied += Math.min(inserted, page.withRows());
    }

    /** Documents that were met again, and counted before. */
    synchronized void addAgain(PageRows page, long inserted, long removed) {
        RowCounts counts = page.counts().written(inserted);
        session = session.plus(counts.removed(removed)).plus(RowCounts.NONE.documents(-counts.documents()));
    }

    synchronized RowCounts session() {
        return session;
    }

    synchronized RowCounts all() {
        return earlier.plus(session).refused(refused.getAsInt());
    }

    void keep() throws EndpointException {
        ledger.note(NOTE, Json.write(all().fields()));
    }

    /** Items are documents. {@code COPIED} are those of which a row was inserted. */
    synchronized ProgressSnapshot snapshot(String waiting, int inFlight) {
        long now = time.nanos();
        if (now - seenAt >= Duration.ofSeconds(1).toNanos()) {
            rate = (session.documents() - seen) * 1e9 / (now - seenAt);
            seenAt = now;
            seen = session.documents();
        }
        Counts mine = counts(session, copied);
        Counts pass = counts(earlier, Math.min(earlier.inserted(), earlier.documents()))
                .plus(mine);
        return new ProgressSnapshot(
                OptionalLong.of(Math.max(total, pass.done())),
                pass,
                mine,
                Duration.ofNanos(now - began),
                inFlight,
                rate,
                0,
                waiting);
    }

    private static Counts counts(RowCounts counts, long copied) {
        Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
        long refused = Math.min(counts.refused(), counts.documents());
        long changed = Math.min(copied, counts.documents() - refused);
        put(outcomes, Outcome.COPIED, changed);
        put(outcomes, Outcome.FAILED, refused);
        put(outcomes, Outcome.ALREADY_THERE, counts.documents() - changed - refused);
        return new Counts(counts.documents(), outcomes, 0, counts.removed());
    }

    private static void put(Map<Outcome, Long> outcomes, Outcome outcome, long count) {
        if (count > 0) {
            outcomes.put(outcome, count);
        }
    }
}
