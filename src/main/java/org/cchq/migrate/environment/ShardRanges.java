package org.cchq.migrate.environment;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.cchq.migrate.base.Problems;

/** The shards of all partitions: from 0, without gap or overlap, a power of two in all. */
final class ShardRanges {
    private final Problems problems;
    private final List<Range> ranges = new ArrayList<>();
    private boolean unreadable;

    ShardRanges(Problems problems) {
        this.problems = problems;
    }

    /** The partition's {@code shards: [first, last]}. */
    Optional<List<Integer>> read(String alias, YamlMap partition) {
        Optional<YamlValue> shards = partition.get("shards");
        List<Integer> bounds = new ArrayList<>();
        if (shards.isPresent() && shards.get() instanceof YamlValue.Sequence list) {
            for (YamlValue item : list.items()) {
                if (item instanceof YamlValue.Scalar scalar && scalar.value() instanceof Integer bound && bound >= 0) {
                    bounds.add(bound);
                }
            }
        }
        if (bounds.size() != 2 || bounds.get(0) > bounds.get(1)) {
            problems.add(
                    partition.placeOf("shards"),
                    "partition '" + alias + "' needs 'shards: [first, last]', two whole numbers in order");
            unreadable = true;
            return Optional.empty();
        }
        ranges.add(new Range(alias, bounds.get(0), bounds.get(1), partition.placeOf("shards")));
        return Optional.of(List.copyOf(bounds));
    }

    /** Reports gaps, overlaps and a wrong total. */
    void checkTogether(String place) {
        if (unreadable) {
            return;
        }
        ranges.sort(Comparator.comparingInt(Range::first));
        int next = 0;
        for (Range range : ranges) {
            if (range.first != next) {
                problems.add(
                        range.place,
                        "partition '" + range.alias + "' starts at shard " + range.first + "; expected " + next
                                + ", so that all shards follow each other without gap or overlap");
            }
            next = range.last + 1;
        }
        if (Integer.bitCount(next) != 1) {
            problems.add(place, "the partitions have " + next + " shards in all; it must be a power of two");
        }
    }

    private record Range(String alias, int first, int last, String place) {}
}
