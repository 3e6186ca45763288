package org.cchq.migrate.kind.metadata;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.hq.ShardMap;
import org.cchq.migrate.store.row.DatabaseSpec;
import org.cchq.migrate.store.row.PostgresDatabase;

/**
 * HQ's {@code blobs_blobmeta} over all shards, to be written, with a record beside it of what was written. Thread-safe.
 */
final class MetadataTable implements AutoCloseable {
    private final ShardMap map;
    private final Map<String, MetadataShard> shards;
    private final PostgresDatabase main;

    private MetadataTable(ShardMap map, Map<String, MetadataShard> shards, PostgresDatabase main) {
        this.map = map;
        this.shards = shards;
        this.main = main;
    }

    /**
     * Connects to every database and looks at its tables; changes nothing.
     *
     * @param connections for each database, at most
     * @throws UserException if tables are missing; all of them at once
     */
    static MetadataTable open(ShardMap map, int connections)
            throws UserException, EndpointException, InterruptedException {
        Map<String, MetadataShard> shards = new LinkedHashMap<>();
        List<PostgresDatabase> opened = new ArrayList<>();
        Problems problems = new Problems();
        boolean good = false;
        try {
            PostgresDatabase main = new PostgresDatabase(map.defaultDatabase(), connections);
            opened.add(main);
            for (ShardMap.Shards range : map.shards()) {
                DatabaseSpec spec = range.database();
                PostgresDatabase database =
                        spec.equals(map.defaultDatabase()) ? main : new PostgresDatabase(spec, connections);
                opened.add(database);
                MetadataShard.open(database, problems).ifPresent(shard -> shards.put(spec.alias(), shard));
            }
            problems.throwIfAny();
            good = true;
            return new MetadataTable(map, shards, main);
        } finally {
            if (!good) {
                opened.forEach(PostgresDatabase::close);
            }
        }
    }

    /** Makes the tables of the record where they are not there yet. */
    void prepare() throws EndpointException, InterruptedException {
        for (MetadataShard shard : shards.values()) {
            shard.prepare();
        }
    }

    /** Names the time since rows were last taken back, on whichever shard. */
    String generation() throws EndpointException, InterruptedException {
        List<String> all = new ArrayList<>();
        for (MetadataShard shard : shards.values()) {
            all.add(shard.generation());
        }
        return String.join(", ", all);
    }

    PostgresDatabase main() {
        return main;
    }

    List<MetadataShard> shards() {
        return List.copyOf(shards.values());
    }

    /** The shard that holds the rows of a parent. */
    MetadataShard shardOf(String parentId) {
        MetadataShard shard = shards.get(map.aliasOf(parentId));
        if (shard == null) {
            throw new IllegalArgumentException("no shard for '" + parentId + "'");
        }
        return shard;
    }

    /** Rows by the shard that holds them, in their order. */
    Map<MetadataShard, List<MetadataRow>> byShard(List<MetadataRow> rows) {
        Map<MetadataShard, List<MetadataRow>> byShard = new LinkedHashMap<>();
        String parent = "";
        MetadataShard shard = null;
        for (MetadataRow row : rows) {
            if (shard == null || !row.parentId().equals(parent)) {
                parent = row.parentId();
                shard = shardOf(parent);
            }
            byShard.computeIfAbsent(shard, holder -> new ArrayList<>()).add(row);
        }
        return byShard;
    }

    /**
     * Inserts the rows whose key is not there yet, and notes them. Idempotent.
     *
     * @return how many were inserted
     */
    long insert(List<MetadataRow> rows) throws EndpointException, InterruptedException {
        long inserted = 0;
        for (Map.Entry<MetadataShard, List<MetadataRow>> part : byShard(rows).entrySet()) {
            inserted += part.getKey().insert(part.getValue());
        }
        return inserted;
    }

    /**
     * Removes rows that were inserted by this migration and are as they were, of parents that have gone on since.
     *
     * @param parents whose blobs are known anew
     * @param keep keys that they still name
     * @return how many were removed
     */
    long removeVanished(Set<String> parents, Set<String> keep) throws EndpointException, InterruptedException {
        Map<MetadataShard, Set<String>> byShard = new LinkedHashMap<>();
        for (String parent : parents) {
            byShard.computeIfAbsent(shardOf(parent), shard -> new HashSet<>()).add(parent);
        }
        long removed = 0;
        for (Map.Entry<MetadataShard, Set<String>> part : byShard.entrySet()) {
            removed += part.getKey().removeVanished(part.getValue(), keep);
        }
        return removed;
    }

    @Override
    public void close() {
        shards.values().forEach(MetadataShard::close);
        main.close();
    }
}
