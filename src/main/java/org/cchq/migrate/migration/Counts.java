package org.cchq.migrate.migration;

import java.util.EnumMap;
import java.util.Map;

/**
 * How many items ended how, and the bytes that were copied. {@code enumerated} is counted where items are read, the
 * outcomes where they end: equal sums are evidence, not arithmetic.
 */
public record Counts(long enumerated, Map<Outcome, Long> outcomes, long bytes, long orphansRemoved) {
    public static final Counts NONE = new Counts(0, Map.of(), 0, 0);

    public Counts {
        EnumMap<Outcome, Long> copy = new EnumMap<>(Outcome.class);
        copy.putAll(outcomes);
        outcomes = java.util.Collections.unmodifiableMap(copy);
    }

    public long of(Outcome outcome) {
        return outcomes.getOrDefault(outcome, 0L);
    }

    /** Items that ended, in whatever way. */
    public long done() {
        return outcomes.values().stream().mapToLong(Long::longValue).sum();
    }

    public Counts plus(Counts other) {
        EnumMap<Outcome, Long> sum = new EnumMap<>(Outcome.class);
        for (Outcome outcome : Outcome.values()) {
            long total = of(outcome) + other.of(outcome);
            if (total != 0) {
                sum.put(outcome, total);
            }
        }
        return new Counts(
                enumerated + other.enumerated, sum, bytes + other.bytes, orphansRemoved + other.orphansRemoved);
    }
}
