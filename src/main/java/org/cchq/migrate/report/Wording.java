package org.cchq.migrate.report;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.Outcome;

/** What is said of the items of a run: a comparison has copied nothing, and a cleanup deletes. */
public enum Wording {
    COPY,
    COMPARISON,
    DELETION;

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

    /** Of a job, whose id ends with its phase: {@code 20260101T000000.000Z-verify}. */
    public static Wording ofJob(String id) {
        return switch (id.substring(id.indexOf('-') + 1)) {
            case "verify" -> COMPARISON;
            case "cleanup" -> DELETION;
            default -> COPY;
        };
    }

    /** What has been done with so many of them: {@code copied}. */
    String done(Counts pass) {
        return switch (this) {
            case COPY -> pass.of(Outcome.ALREADY_THERE) > 0 ? "done" : "copied";
            case COMPARISON -> "compared";
            case DELETION -> "deleted";
        };
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
        return this != DELETION;
    }

    private boolean always(Outcome outcome) {
        return this == DELETION
                ? outcome == Outcome.COPIED || outcome == Outcome.FAILED
                : outcome != Outcome.ONLY_ON_TARGET && outcome != Outcome.MISSING_ON_TARGET;
    }

    private String word(Outcome outcome) {
        if (this == DELETION) {
            if (outcome == Outcome.COPIED) {
                return "deleted in the source";
            }
            if (outcome == Outcome.MISSING_ON_TARGET) {
                return "kept, target lacks it";
            }
        }
        return Optional.ofNullable(WORDS.get(outcome)).orElse(outcome.name());
    }
}
