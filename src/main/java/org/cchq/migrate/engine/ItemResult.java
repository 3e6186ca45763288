package org.cchq.migrate.engine;

import java.util.Objects;
import java.util.Optional;
import org.cchq.migrate.migration.Finding;
import org.cchq.migrate.migration.Outcome;

/**
 * How one item ended.
 *
 * @param bytes stored on the target by this item, 0 if none were
 * @param orphanRemoved something that this pass had stored was removed again, because its row is gone
 * @param finding present if and only if the outcome is a finding
 */
public record ItemResult(Outcome outcome, long bytes, boolean orphanRemoved, Optional<Finding> finding) {
    public ItemResult {
        Objects.requireNonNull(outcome);
        if (outcome.isFinding() != finding.isPresent()) {
            throw new IllegalArgumentException("a " + outcome + " result needs a finding if it is one");
        }
    }

    public static ItemResult of(Outcome outcome, long bytes) {
        return new ItemResult(outcome, bytes, false, Optional.empty());
    }

    public static ItemResult of(Finding finding) {
        return new ItemResult(finding.outcome(), 0, false, Optional.of(finding));
    }
}
