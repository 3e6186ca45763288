package org.cchq.migrate.kind.doctypes;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one view on both sides.
 *
 * @param source rows of documents that are in the target, too; empty where they were too many to count
 */
public record RowComparison(String view, OptionalLong source, long target) {
    public boolean agrees() {
        return source.isEmpty() || source.getAsLong() == target;
    }

    Map<String, @Nullable Object> toFields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("view", view);
        fields.put("source", source.isPresent() ? source.getAsLong() : null);
        fields.put("target", target);
        fields.put("agrees", agrees());
        return fields;
    }
}
