package org.cchq.migrate.kind.metadata;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How it went, in numbers.
 *
 * @param documents documents or model rows that were looked at
 * @param entries blobs of them that should have a row, but for {@code referenced}
 * @param inserted rows that were inserted
 * @param present rows whose key was there already
 * @param referenced entries that name their row, and were passed over
 * @param unknownDomain documents without a domain
 * @param ignoredAttachments documents with attachments of before the blob database
 * @param refused documents of which no row could be made
 * @param removed rows of this migration that were removed again, because their document is gone
 */
record RowCounts(
        long documents,
        long entries,
        long inserted,
        long present,
        long referenced,
        long unknownDomain,
        long ignoredAttachments,
        long refused,
        long removed) {
    static final RowCounts NONE = new RowCounts(0, 0, 0, 0, 0, 0, 0, 0, 0);

    RowCounts plus(RowCounts other) {
        return new RowCounts(
                documents + other.documents,
                entries + other.entries,
                inserted + other.inserted,
                present + other.present,
                referenced + other.referenced,
                unknownDomain + other.unknownDomain,
                ignoredAttachments + other.ignoredAttachments,
                refused + other.refused,
                removed + other.removed);
    }

    RowCounts written(long rows) {
        return new RowCounts(
                documents,
                entries,
                rows,
                entries - rows,
                referenced,
                unknownDomain,
                ignoredAttachments,
                refused,
                removed);
    }

    RowCounts removed(long rows) {
        return new RowCounts(
                documents, entries, inserted, present, referenced, unknownDomain, ignoredAttachments, refused, rows);
    }

    RowCounts refused(long count) {
        return new RowCounts(
                documents, entries, inserted, present, referenced, unknownDomain, ignoredAttachments, count, removed);
    }

    RowCounts documents(long count) {
        return new RowCounts(
                count, entries, inserted, present, referenced, unknownDomain, ignoredAttachments, refused, removed);
    }

    Map<String, Long> fields() {
        Map<String, Long> fields = new LinkedHashMap<>();
        fields.put("documents", documents);
        fields.put("entries", entries);
        fields.put("inserted", inserted);
        fields.put("present", present);
        fields.put("referenced", referenced);
        fields.put("unknown_domain", unknownDomain);
        fields.put("ignored_attachments", ignoredAttachments);
        fields.put("refused", refused);
        fields.put("removed", removed);
        return fields;
    }

    static RowCounts of(Map<String, @Nullable Object> fields) {
        return new RowCounts(
                number(fields, "documents"),
                number(fields, "entries"),
                number(fields, "inserted"),
                number(fields, "present"),
                number(fields, "referenced"),
                number(fields, "unknown_domain"),
                number(fields, "ignored_attachments"),
                number(fields, "refused"),
                number(fields, "removed"));
    }

    private static long number(Map<String, @Nullable Object> fields, String name) {
        return fields.get(name) instanceof Number number ? number.longValue() : 0;
    }
}
