package org.cchq.migrate.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.Outcome;
import org.cchq.migrate.migration.ProgressSnapshot;
import org.cchq.migrate.migration.TimeLeft;

/** One snapshot as one calm line; on a narrow terminal the less important parts are left out. */
public final class ProgressLine {
    /** A part of the line; the highest rank is left out first. */
    private record Part(String text, int rank) {}

    private ProgressLine() {}

    /**
     * {@code copied 8,611 / 20,000  43 %  1.6 GB  702/s  61 MB/s  in flight 15  missing 3  failed 0  ETA 0:12}.
     *
     * @param wording what is said of the items
     * @param width most columns
     */
    public static String of(Wording wording, ProgressSnapshot snapshot, int width) {
        Counts pass = snapshot.pass();
        List<Part> parts = new ArrayList<>();
        String total = snapshot.total().isPresent()
                ? " / " + Amounts.count(Math.max(snapshot.total().getAsLong(), pass.done()))
                : "";
        parts.add(new Part(wording.done(pass) + " " + Amounts.count(pass.done()) + total, 0));
        percent(snapshot).ifPresent(text -> parts.add(new Part(text, 2)));
        if (wording.copies()) {
            parts.add(new Part(Amounts.bytes((double) pass.bytes()), 5));
        }
        parts.add(new Part(Amounts.count(Math.round(snapshot.itemsPerSecond())) + "/s", 4));
        if (wording.copies()) {
            parts.add(new Part(Amounts.bytes(snapshot.bytesPerSecond()) + "/s", 6));
            parts.add(new Part("in flight " + snapshot.inFlight(), 7));
            parts.add(new Part("missing " + Amounts.count(pass.of(Outcome.MISSING_ON_SOURCE)), 1));
        }
        if (pass.of(Outcome.DIFFERS) > 0) {
            parts.add(new Part("differ " + Amounts.count(pass.of(Outcome.DIFFERS)), 1));
        }
        parts.add(new Part("failed " + Amounts.count(pass.of(Outcome.FAILED) + pass.of(Outcome.DENIED)), 1));
        if (!snapshot.waiting().isEmpty()) {
            parts.add(new Part("waiting: " + snapshot.waiting(), 1));
        } else {
            TimeLeft.of(snapshot).ifPresent(left -> parts.add(new Part("ETA " + Amounts.time(left), 3)));
        }
        return fitted(parts, width);
    }

    private static Optional<String> percent(ProgressSnapshot snapshot) {
        if (snapshot.total().isEmpty() || snapshot.total().getAsLong() <= 0) {
            return Optional.empty();
        }
        long done = snapshot.pass().done();
        // Rounded down: 100 % is everything.
        return Optional.of(Math.min(100, done * 100 / snapshot.total().getAsLong()) + " %");
    }

    private static String fitted(List<Part> parts, int width) {
        List<Part> kept = new ArrayList<>(parts);
        for (int rank = 7; rank > 0 && joined(kept).length() > width; rank--) {
            int least = rank;
            kept.removeIf(part -> part.rank() == least);
        }
        String line = joined(kept);
        return line.length() > width ? line.substring(0, width) : line;
    }

    private static String joined(List<Part> parts) {
        return String.join("  ", parts.stream().map(Part::text).toList());
    }
}
