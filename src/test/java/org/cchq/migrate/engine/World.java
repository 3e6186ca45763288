package org.cchq.migrate.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Rows on shards, an old store and a new store, in memory; what a run leaves is looked at afterwards. Guarded by itself. */
final class World {
    /** Row ids of each shard to the key of its blob. */
    final Map<String, NavigableMap<Long, String>> rows = new TreeMap<>();

    final TreeSet<String> source = new TreeSet<>();
    final TreeSet<String> target = new TreeSet<>();
    /** Every row there ever was. */
    final TreeSet<String> everKeys = new TreeSet<>();

    static World of(int shards, int rowsEach) {
        World world = new World();
        for (int shard = 1; shard <= shards; shard++) {
            NavigableMap<Long, String> ids = new TreeMap<>();
            for (long id = -2; id < rowsEach - 2; id++) {
                String key = "p" + shard + "/" + id;
                ids.put(id * 3, key);
                world.source.add(key);
                world.everKeys.add(key);
            }
            world.rows.put("p" + shard, ids);
        }
        return world;
    }

    /** As the site does it: both stores, then the row. */
    synchronized void delete(String partition, long id) {
        String key = rows.get(partition).remove(id);
        if (key != null) {
            source.remove(key);
            target.remove(key);
        }
    }

    synchronized List<String> remainingKeys() {
        List<String> keys = new ArrayList<>();
        rows.values().forEach(ids -> keys.addAll(ids.values()));
        return keys;
    }

    synchronized int size() {
        return rows.values().stream().mapToInt(Map::size).sum();
    }
}
