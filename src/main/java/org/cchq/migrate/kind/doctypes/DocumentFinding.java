package org.cchq.migrate.kind.doctypes;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A document that a person has to look at.
 *
 * @param detail in words, with revisions; never a body
 */
public record DocumentFinding(String id, Sort sort, String detail) {
    public enum Sort {
        /** Could not be copied; tried again by the next run. */
        FAILED,
        /** The other database has a revision that this one has never had: both were written to. Left as it is. */
        DIVERGED,
        /** The other database has it, and this one has never heard of it. Left as it is. */
        EXTRA,
        /** Not there. */
        MISSING,
        /** There in an older revision. */
        STALE,
        /** Deleted or of another type here, and there it still is. */
        REVIVED,
        /** Has live revisions beside the winner that it should not have. */
        CONFLICTED,
        /** The same revision with another body or other attachments. */
        DIFFERENT,
        /** Has left the types of the migration, and was kept. */
        RETYPED;

        /** As in JSON: {@code diverged}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** As a JSON object. */
    public Map<String, @Nullable Object> fields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("id", id);
        fields.put("sort", sort.word());
        fields.put("detail", detail);
        return fields;
    }
}
