package org.cchq.migrate.kind.blobs;

import java.util.Optional;

/**
 * One table that holds blob rows, with the SQL that reads it by its primary key. The view {@code blobs_blobmeta} of 2018
 * is not read: PostgreSQL cannot use an index through its computed ids, so every page would cost a scan. Its two tables
 * are read instead, each by its own key.
 *
 * @param table name in the database
 * @param columns select list in the order of {@link BlobMetaShard}'s mapper; the first is the blob row's id
 * @param from the FROM clause, the table's alias is {@code t}
 * @param keyExpression the blob's key; for old attachments the expression that HQ's index is on
 * @param createdOn the row's date
 * @param negative whether the blob row's id is the negative of the table's
 */
record BlobRelation(
        String table, String columns, String from, String keyExpression, String createdOn, boolean negative) {
    static final String META = "blobs_blobmeta";
    static final String META_TABLE = "blobs_blobmeta_tbl";
    static final String ATTACHMENTS = "form_processor_xformattachmentsql";
    static final String FORMS = "form_processor_xforminstancesql";

    /** A look-up uses HQ's index on this expression only if it is written in this very way. */
    private static final String ATTACHMENT_KEY = "(CASE WHEN t.blob_bucket = '' THEN ''"
            + " ELSE COALESCE(t.blob_bucket, 'form/' || replace(t.attachment_id::text, '-', '')) || '/' END"
            + " || t.blob_id)::varchar(255)";

    /** {@code blobs_blobmeta}, or {@code blobs_blobmeta_tbl} while that is a view. */
    static BlobRelation meta(String table, boolean compressedLength) {
        return new BlobRelation(
                table,
                "t.id, t.domain, t.parent_id, t.name, t.key, t.type_code, t.created_on, t.content_length, "
                        + (compressedLength ? "t.compressed_length" : "NULL::bigint"),
                table + " t",
                "t.key",
                "t.created_on",
                false);
    }

    /**
     * Form attachments of before the metadata. One whose form is gone is read too: HQ's move makes a row of it, with the
     * domain {@code <unknown>} and the date of the move.
     */
    static BlobRelation attachments() {
        return new BlobRelation(
                ATTACHMENTS,
                "-t.id, COALESCE(f.domain, '<unknown>'), t.form_id, t.name, " + ATTACHMENT_KEY
                        + ", CASE t.name WHEN 'form.xml' THEN 2 ELSE 3 END, COALESCE(f.received_on, now()),"
                        + " COALESCE(t.content_length, 0), NULL::bigint",
                ATTACHMENTS + " t LEFT JOIN " + FORMS + " f ON f.form_id = t.form_id",
                ATTACHMENT_KEY,
                "COALESCE(f.received_on, now())",
                true);
    }

    /** The next id after one, in the table's own numbers: one row, with a null if there is none. */
    String nextId() {
        return negative
                ? "SELECT max(id) FROM " + table + " WHERE id < ?"
                : "SELECT min(id) FROM " + table + " WHERE id > ?";
    }

    /** The next rows after an id, ascending by the blob row's id. */
    String page() {
        return "SELECT " + columns + " FROM " + from + (negative ? " WHERE t.id < ?" : " WHERE t.id > ?") + inOrder();
    }

    /** The rows between two ids, both included, that the range leaves, ascending by the blob row's id. */
    String window(DateRange range) {
        return "SELECT " + columns + " FROM " + from
                + (negative ? " WHERE t.id <= ? AND t.id >= ?" : " WHERE t.id >= ? AND t.id <= ?")
                + dateFilter(range) + inOrder();
    }

    private String inOrder() {
        return " ORDER BY t.id" + (negative ? " DESC" : "") + " LIMIT ?";
    }

    String byIds() {
        return "SELECT " + columns + " FROM " + from + " WHERE t.id = ANY(?) ORDER BY t.id" + (negative ? " DESC" : "");
    }

    String byKeys() {
        return "SELECT " + columns + " FROM " + from + " WHERE " + keyExpression + " = ANY(?)";
    }

    String counted(DateRange range) {
        return "SELECT 1 FROM " + from + " WHERE true" + dateFilter(range);
    }

    /** Parameters: the range's ends that are not open, start first. */
    private String dateFilter(DateRange range) {
        return (range.start().isPresent() ? " AND " + createdOn + " >= ?" : "")
                + (range.end().isPresent() ? " AND " + createdOn + " < ?" : "");
    }

    /** The table's id of a blob row's id, and the other way round. */
    long turn(long id) {
        return negative ? -id : id;
    }

    /** True if a blob row of that id is in this table. */
    boolean holds(long id) {
        return negative == (id < 0);
    }

    /** Where to begin in this table to get the rows after a blob row's id; empty if none of them can be here. */
    Optional<Long> startAfter(long id) {
        if (negative) {
            return id >= -1 ? Optional.empty() : Optional.of(id == Long.MIN_VALUE ? Long.MAX_VALUE : -id);
        }
        return Optional.of(Math.max(id, -1));
    }
}
