package org.cchq.migrate.kind.blobs;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.hq.ShardMap;
import org.cchq.migrate.store.row.DatabaseSpec;
import org.cchq.migrate.store.row.PostgresDatabase;

/**
 * HQ's {@code blobs_blobmeta} over all shards: the list of all blobs. Read only. Ids are unique and ascending within a
 * shard; in the era of the view they begin below zero. Thread-safe.
 */
public final class BlobMetaTable implements AutoCloseable {
    /** Ids that one statement looks at first while it searches for rows of a date range. */
    private static final int FIRST_SPAN = 10_000;
    /** And at most: under a second even where nothing is cached. */
    private static final int LARGEST_SPAN = 160_000;

    private final ShardMap map;
    private final Map<String, BlobMetaShard> shards;
    private final List<PostgresDatabase> databases;

    private BlobMetaTable(ShardMap map, Map<String, BlobMetaShard> shards, List<PostgresDatabase> databases) {
        this.map = map;
        this.shards = shards;
        this.databases = databases;
    }

    /**
     * Connects to every shard and looks at its tables.
     *
     * @param connections per shard at most
     * @throws UserException if tables are missing; all shards' problems at once
     */
    public static BlobMetaTable open(ShardMap map, int connections)
            throws EndpointException, InterruptedException, UserException {
        Map<String, BlobMetaShard> shards = new LinkedHashMap<>();
        List<PostgresDatabase> databases = new ArrayList<>();
        Problems problems = new Problems();
        boolean opened = false;
        try {
            for (ShardMap.Shards range : map.shards()) {
                DatabaseSpec spec = range.database();
                PostgresDatabase database = new PostgresDatabase(spec, connections);
                databases.add(database);
                BlobMetaShard.open(database, problems).ifPresent(shard -> shards.put(spec.alias(), shard));
            }
            problems.throwIfAny();
            opened = true;
            return new BlobMetaTable(map, shards, databases);
        } finally {
            if (!opened) {
                databases.forEach(PostgresDatabase::close);
            }
        }
    }

    /** Aliases of the shards' databases, in the order of their ranges. */
    public List<String> shards() {
        return map.aliases();
    }

    /**
     * The next rows of a shard; empty at its end. Where a date range makes matches rare this may take many statements:
     * use {@link #window} to see progress.
     *
     * @param afterId {@link Long#MIN_VALUE} for the beginning
     */
    public List<BlobMetaRow> page(String shard, long afterId, int limit, DateRange range)
            throws EndpointException, InterruptedException {
        long after = afterId;
        int span = range.isAll() ? limit : Math.max(limit, FIRST_SPAN);
        while (true) {
            BlobMetaWindow window = shard(shard).window(after, limit, span, range);
            if (window.end() || !window.rows().isEmpty()) {
                return window.rows();
            }
            after = window.through();
            span = Math.min(span * 2, Math.max(LARGEST_SPAN, limit));
        }
    }

    /**
     * One bounded look at a shard: one or two short statements, however few rows the date range leaves.
     *
     * @param afterId {@link Long#MIN_VALUE} for the beginning
     * @param limit most rows to return
     * @param span with a date range, how many ids to look at
     */
    public BlobMetaWindow window(String shard, long afterId, int limit, int span, DateRange range)
            throws EndpointException, InterruptedException {
        return shard(shard).window(afterId, limit, span, range);
    }

    /** The rows that still exist, by id. */
    public List<BlobMetaRow> reload(String shard, Collection<Long> ids) throws EndpointException, InterruptedException {
        return ids.isEmpty() ? List.of() : shard(shard).reload(ids);
    }

    /** Which of the keys have a row, in whichever shard: two parents in two shards may share a blob. */
    public Set<String> existing(Collection<String> keys) throws EndpointException, InterruptedException {
        Set<String> existing = new HashSet<>();
        Set<String> open = new HashSet<>(keys);
        for (BlobMetaShard shard : shards.values()) {
            if (open.isEmpty()) {
                break;
            }
            shard.withKeys(open).forEach(row -> existing.add(row.key()));
            open.removeAll(existing);
        }
        return existing;
    }

    /** All rows with these keys, of all shards, by key. */
    public Map<String, List<BlobMetaRow>> withKeys(Collection<String> keys)
            throws EndpointException, InterruptedException {
        Map<String, List<BlobMetaRow>> found = new HashMap<>();
        if (!keys.isEmpty()) {
            for (BlobMetaShard shard : shards.values()) {
                for (BlobMetaRow row : shard.withKeys(keys)) {
                    found.computeIfAbsent(row.key(), key -> new ArrayList<>()).add(row);
                }
            }
        }
        return found;
    }

    /**
     * Which of the keys belonged to permanent blobs that HQ deleted. Nobody indexes that table: each call reads all of
     * it, so ask for many keys at a time.
     */
    public Set<String> deleted(Collection<String> keys) throws EndpointException, InterruptedException {
        Set<String> deleted = new HashSet<>();
        if (!keys.isEmpty()) {
            for (BlobMetaShard shard : shards.values()) {
                deleted.addAll(shard.deleted(keys));
            }
        }
        return deleted;
    }

    /** Whether every shard records deleted blobs; before 2019 none does. */
    public boolean recordsDeleted() {
        return shards.values().stream().allMatch(BlobMetaShard::knowsDeleted);
    }

    /** A parent's row with this key: looked for in the parent's shard, then in the others. */
    public Optional<BlobMetaRow> find(String parentId, String key) throws EndpointException, InterruptedException {
        String first = map.aliasOf(parentId);
        List<BlobMetaShard> order = new ArrayList<>(List.of(shard(first)));
        shards.values().stream().filter(shard -> !shard.alias().equals(first)).forEach(order::add);
        for (BlobMetaShard shard : order) {
            Optional<BlobMetaRow> row = shard.withKeys(List.of(key)).stream()
                    .filter(found -> found.parentId().equals(parentId))
                    .findFirst();
            if (row.isPresent()) {
                return row;
            }
        }
        return Optional.empty();
    }

    /** How many rows of a range all shards hold, counted where that is quick. */
    public BlobMetaEstimate estimate(DateRange range) throws EndpointException, InterruptedException {
        BlobMetaEstimate sum = new BlobMetaEstimate(0, true);
        for (BlobMetaShard shard : shards.values()) {
            sum = sum.plus(shard.estimate(range));
        }
        return sum;
    }

    @Override
    public void close() {
        databases.forEach(PostgresDatabase::close);
    }

    private BlobMetaShard shard(String alias) {
        BlobMetaShard shard = shards.get(alias);
        if (shard == null) {
            throw new IllegalArgumentException("no shard '" + alias + "' among " + shards.keySet());
        }
        return shard;
    }
}
