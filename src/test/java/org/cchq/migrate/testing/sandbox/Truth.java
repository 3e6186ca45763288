package org.cchq.migrate.testing.sandbox;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.cchq.migrate.json.Json;

/**
 * What must be so: each row with its bytes, as seeded and as the site changed it since, and the planted problems. Kept
 * outside the stores. Threads may share it; one key is changed by one thread at a time.
 */
final class Truth {
    /** A row is known by its database and key: keys are unique per database only. */
    private record Row(String alias, String key) {}

    private final Map<Row, StoredAs> rows = new ConcurrentHashMap<>();
    private final Map<String, Planted> planted = new ConcurrentHashMap<>();

    private final Map<String, Instant> removed = new ConcurrentHashMap<>();
    private final Set<String> old = ConcurrentHashMap.newKeySet();

    void put(StoredAs blob) {
        rows.put(new Row(blob.alias(), blob.key()), blob);
    }

    void remove(StoredAs blob, Instant at) {
        rows.remove(new Row(blob.alias(), blob.key()));
        removed.put(blob.key(), at);
    }

    /** When the site deleted it. */
    Optional<Instant> removedAt(String key) {
        return Optional.ofNullable(removed.get(key));
    }

    /** What the site may touch: nothing planted, nothing under two parents, nothing large; in a fixed order. */
    List<StoredAs> fair() {
        Map<String, Long> parents =
                rows.values().stream().collect(Collectors.groupingBy(StoredAs::key, Collectors.counting()));
        return rows.values().stream()
                .filter(blob -> planted(blob.key()).isEmpty() && Objects.equals(parents.get(blob.key()), 1L))
                .filter(blob -> blob.size() < 1 << 20)
                .sorted(Comparator.comparing(StoredAs::key))
                .toList();
    }

    /** What is known of a key that has no row any more, in brackets for a message. */
    String history(String key) {
        String story = removed.containsKey(key) ? "deleted by the site at " + removed.get(key) : "never had a row";
        return " (" + planted(key).map(problem -> problem.kind() + ", ").orElse("") + story + ")";
    }

    void plant(Planted problem) {
        planted.put(problem.blob().key(), problem);
    }

    List<StoredAs> rows() {
        return List.copyOf(rows.values());
    }

    int size() {
        return rows.size();
    }

    Optional<Planted> planted(String key) {
        return Optional.ofNullable(planted.get(key));
    }

    /** Remembers that the old cluster has the object at the start. */
    void onOld(StoredAs blob) {
        old.add(blob.key());
    }

    boolean startedOnOld(StoredAs blob) {
        return old.contains(blob.key());
    }

    List<Planted> planted() {
        return List.copyOf(planted.values());
    }

    /** One JSON object a line: first the planted problems, then the rows. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Planted problem : planted.values()) {
            lines.add(Json.write(line(problem.blob(), "planted", problem.kind().name())));
        }
        for (StoredAs blob : rows.values()) {
            lines.add(Json.write(line(blob, "sha256", blob.sha256())));
        }
        return lines;
    }

    private static Map<String, Object> line(StoredAs blob, String field, String value) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(field, value);
        line.put("database", blob.alias());
        line.put("key", blob.key());
        line.put("parent_id", blob.parentId());
        line.put("type_code", blob.typeCode());
        line.put("size", blob.size());
        return line;
    }
}
