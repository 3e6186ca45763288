package org.cchq.migrate.kind.doctypes;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.jspecify.annotations.Nullable;

/** Revisions of a document: {@code 5-abc} stands in generation 5. */
final class Revisions {
    private Revisions() {}

    static long generation(String rev) {
        int dash = rev.indexOf('-');
        return dash <= 0 ? 0 : Long.parseLong(rev.substring(0, dash));
    }

    /** The revision and its ancestors as far as they are known, newest first: {@code _revisions}, or it alone. */
    static List<String> path(Document leaf) {
        if (leaf.fields().get("_revisions") instanceof Map<?, ?> history
                && history.get("start") instanceof Number start
                && history.get("ids") instanceof List<?> ids
                && !ids.isEmpty()) {
            long newest = start.longValue();
            return IntStream.range(0, ids.size())
                    .mapToObj(index -> (newest - index) + "-" + ids.get(index))
                    .toList();
        }
        return List.of(leaf.rev());
    }

    /** The same revision, with a history that begins at an ancestor. */
    static Document cutAt(Document leaf, String ancestor) {
        List<String> kept = path(leaf);
        kept = kept.subList(0, kept.indexOf(ancestor) + 1);
        Map<String, @Nullable Object> history = new LinkedHashMap<>();
        history.put("start", generation(kept.get(0)));
        history.put(
                "ids",
                kept.stream().map(rev -> rev.substring(rev.indexOf('-') + 1)).toList());
        Map<String, @Nullable Object> fields = new LinkedHashMap<>(leaf.fields());
        fields.put("_revisions", history);
        return new Document(fields);
    }

    /** An ordinary deletion of a leaf: nothing of the body stays. */
    static Document tombstone(String id, String rev) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("_id", id);
        fields.put("_rev", rev);
        fields.put("_deleted", true);
        return new Document(fields);
    }
}
