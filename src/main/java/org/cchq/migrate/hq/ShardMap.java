package org.cchq.migrate.hq;

import java.util.List;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.store.row.DatabaseSpec;

/**
 * Which databases hold the rows of which shards. Unpartitioned, the default database is the only shard.
 *
 * @param defaultDatabase holds what is not sharded, {@code blobs_blobmigrationstate}
 * @param shards in the order of their ranges, which begin at 0 and have neither gaps nor overlaps
 */
public record ShardMap(DatabaseSpec defaultDatabase, List<Shards> shards) {
    /**
     * A database with the shards it holds.
     *
     * @param first number of its first shard
     * @param last number of its last shard
     */
    public record Shards(DatabaseSpec database, int first, int last) {}

    public ShardMap {
        shards = List.copyOf(shards);
        Problems problems = new Problems();
        check(
                shards.stream()
                        .map(shard -> new Range(shard.database().alias(), shard.first(), shard.last()))
                        .toList(),
                "shards",
                problems);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems.all()));
        }
    }

    /** A site with one database. */
    public static ShardMap unpartitioned(DatabaseSpec database) {
        return new ShardMap(database, List.of(new Shards(database, 0, 0)));
    }

    /** Aliases of the databases that hold blob rows, in order. */
    public List<String> aliases() {
        return shards.stream().map(shard -> shard.database().alias()).toList();
    }

    /** Number of shards, a power of two. */
    public int count() {
        return shards.get(shards.size() - 1).last() + 1;
    }

    /** Alias of the database that holds the rows of a parent. */
    public String aliasOf(String parentId) {
        long shard = SipHash.low32(parentId) & (count() - 1);
        for (Shards range : shards) {
            if (range.first() <= shard && shard <= range.last()) {
                return range.database().alias();
            }
        }
        throw new IllegalStateException("the ranges have a gap at " + shard);
    }

    /** Shards as the settings give them, before they are known to be right. */
    record Range(String alias, int first, int last) {}

    /** Adds what is wrong with ranges in ascending order of their first shard. */
    public static void check(List<Range> sorted, String place, Problems problems) {
        int next = 0;
        String before = "";
        for (Range range : sorted) {
            String name = "'" + range.alias() + "' [" + range.first() + ", " + range.last() + "]";
            if (range.first() > range.last()) {
                problems.add(place, "the range of " + name + " ends before it begins");
                return;
            }
            if (range.first() > next) {
                problems.add(
                        place,
                        next == 0
                                ? "shards must begin at 0, but the first range is that of " + name
                                : "no database holds the shards " + next + " to " + (range.first() - 1));
                return;
            }
            if (range.first() < next) {
                problems.add(place, "the range of " + name + " overlaps that of " + before);
                return;
            }
            next = range.last() + 1;
            before = name;
        }
        if (Integer.bitCount(next) != 1) {
            problems.add(place, "the number of shards must be a power of two, found " + next);
        }
    }
}
