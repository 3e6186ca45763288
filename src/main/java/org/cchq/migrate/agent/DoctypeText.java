package org.cchq.migrate.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.cchq.migrate.kind.doctypes.DoctypeState;
import org.cchq.migrate.kind.doctypes.HqTables;
import org.cchq.migrate.kind.doctypes.Mark;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.Outcome;
import org.cchq.migrate.migration.ProgressSnapshot;
import org.cchq.migrate.migration.TimeLeft;
import org.cchq.migrate.store.document.DocumentDatabase.Sequence;

/** What the doctype commands say beyond HQ's own lines. */
final class DoctypeText {
    private DoctypeText() {}

    /** {@code 1200 of 3900 documents, 350 a second, 8 s left}. */
    static String progress(ProgressSnapshot snapshot) {
        return snapshot.pass().done() + " of " + snapshot.total().orElse(0) + " documents, "
                + String.format(Locale.ROOT, "%.0f", snapshot.itemsPerSecond()) + " a second"
                + TimeLeft.of(snapshot)
                        .map(left -> ", " + left.toSeconds() + " s left")
                        .orElse("")
                + (snapshot.waiting().isEmpty() ? "" : "; waiting: " + snapshot.waiting());
    }

    /** {@code copied 5, already there 1, failed 0}: whatever there is of it. */
    static String counts(Counts counts) {
        List<String> parts = new ArrayList<>();
        for (Outcome outcome : Outcome.values()) {
            if (counts.of(outcome) > 0) {
                parts.add(outcome.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " " + counts.of(outcome));
            }
        }
        return parts.isEmpty() ? "no documents" : String.join(", ", parts);
    }

    /** {@code doctype_status}. */
    static List<String> status(DoctypeSite site, DoctypeState state, HqTables.Known hq) {
        List<String> lines = new ArrayList<>();
        lines.add("stage    " + state.stage().word());
        lines.add("source   " + site.ends().source().endpoint());
        lines.add("target   " + site.ends().target().endpoint());
        lines.add("types    " + String.join(", ", site.migrator().docTypes()));
        state.forward().ifPresent(place -> lines.add("forward  " + place.seq().text() + " at " + place.at()));
        state.runner().ifPresent(who -> lines.add("         " + who));
        state.reverse().ifPresent(place -> lines.add("reverse  " + place.seq().text() + " at " + place.at()));
        state.reverseRunner().ifPresent(who -> lines.add("         " + who));
        state.doubt().ifPresent(why -> lines.add("doubt    " + why));
        if (state.failed() > 0) {
            lines.add("failed   " + state.failed() + " documents; each run tries them again");
        }
        for (Mark mark : Mark.values()) {
            if (state.has(mark)) {
                lines.add("since    " + state.marks().get(mark) + " "
                        + mark.word().replace('_', ' '));
            }
        }
        if (hq.lastSequence().isPresent() || hq.originalSequence().isPresent()) {
            lines.add("HQ       original_seq "
                    + hq.originalSequence().map(Sequence::text).orElse("none")
                    + ", last checkpoint "
                    + hq.lastSequence().map(Sequence::text).orElse("none")
                    + (hq.cleanupComplete() ? ", cleanup complete" : ""));
        }
        return lines;
    }
}
