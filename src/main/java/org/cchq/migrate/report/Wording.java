package org.cchq.migrate.report;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.Outcome;

/** What is said of the items of a run: a comparison has copied nothing, and a cleanup deletes. */
public enum Wording {
    COPY("", Map.of(), EnumSet.complementOf(EnumSet.of(Outcome.ONLY_ON_TARGET, Outcome.MISSING_ON_TARGET)), true),
    COMPARISON("compared", Map.of(), COPY.always, true),
    /** Of documents in their source. */
    DELETION(
            "deleted",
            Map.of(Outcome.COPIED, "deleted in the source", Outcome.MISSING_ON_TARGET, "kept, target lacks it"),
            EnumSet.of(Outcome.COPIED, Outcome.FAILED),
            false),
    /** Of rows, from documents. */
    INSERTION(
            "read",
            Map.of(
                    Outcome.COPIED,
                    "with rows inserted",
                    Outcome.ALREADY_THERE,
                    "nothing to insert",
                    Outcome.FAILED,
                    "refused"),
            EnumSet.of(Outcome.COPIED, Outcome.ALREADY_THERE, Outcome.FAILED),
            false),
    /** Of rows that were inserted. */
    REMOVAL("removed", Map.of(Outcome.COPIED, "removed"), EnumSet.of(Outcome.COPIED, Outcome.FAILED), false);

    private static final Map<Outcome, String> WORDS = Map.of(
            Outcome.COPIED, "copied",
            Outcome.ALREADY_THERE, "already on the target",
            Outcome.ONLY_ON_TARGET, "only on the target",
            Outcome.MISSING_ON_TARGET, "missing on the target",
            Outcome.MISSING_ON_SOURCE, "missing on both",
            Outcome.NOT_REFERENCED, "not referenced any more",
            Outcome.DIFFERS, "differ on the target",
            Outcome.DENIED, "denied",
            Outcome.FAILED, "failed");

    private final String done;
    private final Map<Outcome, String> own;
    private final Set<Outcome> always;
    private final boolean copies;

    Wording(String done, Map<Outcome, String> own, Set<Outcome> always, boolean copies) {
        this.done = done;
        this.own = own;
        this.always = always;
        this.copies = copies;
    }

    /** Of a job, whose id ends with its phase: {@code 20260101T000000.000Z-verify}. */
    public static Wording ofJob(String id) {
        return switch (id.substring(id.indexOf('-') + 1)) {
            case "verify", "repair" -> COMPARISON;
            case "cleanup" -> DELETION;
            case "migrate" -> INSERTION;
            case "back" -> REMOVAL;
            default -> COPY;
        };
    }

    /** What has been done with so many of them: {@code copied}. */
    String done(Counts pass) {
        return !done.isEmpty() ? done : pass.of(Outcome.ALREADY_THERE) > 0 ? "done" : "copied";
    }

    /** One line each, in the order of {@link Outcome}; those that cannot occur are left out where there are none. */
    Map<Outcome, String> rows(Counts counts) {
        Map<Outcome, String> rows = new LinkedHashMap<>();
        for (Outcome outcome : Outcome.values()) {
            if (counts.of(outcome) > 0 || always.contains(outcome)) {
                rows.put(outcome, own.getOrDefault(outcome, WORDS.getOrDefault(outcome, outcome.name())));
            }
        }
        return rows;
    }

    /** Whether bytes are copied. */
    boolean copies() {
        return copies;
    }
}
