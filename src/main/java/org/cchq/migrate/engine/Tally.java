package org.cchq.migrate.engine;

import java.util.EnumMap;
import java.util.Map;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.Outcome;

/** Counts that change. Not thread-safe. */
final class Tally {
    private final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
    private long enumerated;
    private long bytes;
    private long orphansRemoved;

    void enumerated(long items) {
        enumerated += items;
    }

    void add(ItemResult result) {
        change(result, 1);
    }

    void takeBack(ItemResult result) {
        change(result, -1);
    }

    private void change(ItemResult result, int sign) {
        outcomes.merge(result.outcome(), (long) sign, Long::sum);
        bytes += sign * result.bytes();
        orphansRemoved += result.orphanRemoved() ? sign : 0;
    }

    Counts counts() {
        Map<Outcome, Long> some = new EnumMap<>(outcomes);
        some.values().removeIf(items -> items == 0);
        return new Counts(enumerated, some, bytes, orphansRemoved);
    }
}
