package org.cchq.migrate.report;

import java.util.LinkedHashMap;
import java.util.Map;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.Outcome;

/** What is said of the items of a run: a comparison has copied nothing, and a cleanup deletes. */
public enum Wording {
    COPY(""),
    COMPARISON("compared"),
    /** Of documents in their source. */
    DELETION("deleted"),
    /** Of rows, from documents. */
    INSERTION("read"),
    /** Of rows that were inserted. */
    REMOVAL("removed");

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

    Wording(String done) {
        this.done = done;
    }

    /** Of a job, whose id ends with its phase: {@code 20260101T000000.000Z-verify}. */
    public static Wording ofJob(String id) {
        return switch (id.substring(id.indexOf('-') + 1)) {
            case "verify", "repair" -> COMPARISON;
            case "cleanup" -> DELETION;
            case "migrate", "form-attachments" -> INSERTION;
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
            if (counts.of(outcome) > 0 || always(outcome)) {
                rows.put(outcome, word(outcome));
            }
        }
        return rows;
    }

    /** Whether bytes are copied. */
    boolean copies() {
        return this == COPY || this == COMPARISON;
    }

    private boolean always(Outcome outcome) {
        return switch (outcome) {
            case COPIED, FAILED -> true;
            case ALREADY_THERE -> copies() || this == INSERTION;
            case ONLY_ON_TARGET, MISSING_ON_TARGET -> false;
            case MISSING_ON_SOURCE, NOT_REFERENCED, DIFFERS, DENIED -> copies();
        };
    }

    private String word(Outcome outcome) {
        String own = switch (this) {
            case COPY, COMPARISON -> "";
            case DELETION ->
                outcome == Outcome.COPIED
                        ? "deleted in the source"
                        : outcome == Outcome.MISSING_ON_TARGET ? "kept, target lacks it" : "";
            case INSERTION ->
                outcome == Outcome.COPIED
                        ? "with rows inserted"
                        : outcome == Outcome.ALREADY_THERE
                                ? "nothing to insert"
                                : outcome == Outcome.FAILED ? "refused" : "";
            case REMOVAL -> outcome == Outcome.COPIED ? "removed" : "";
        };
        return own.isEmpty() ? WORDS.getOrDefault(outcome, outcome.name()) : own;
    }
}
