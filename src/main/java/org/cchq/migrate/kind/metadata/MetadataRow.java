package org.cchq.migrate.kind.metadata;

import java.util.Optional;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.hq.TypeCode;

/**
 * A row of {@code blobs_blobmeta} to be, without what the insert gives it ({@code id}, {@code created_on}).
 *
 * @param name of the blob within its parent; "" for blobs of SQL models
 * @param contentLength bytes; 0 if nobody knows
 */
record MetadataRow(
        String domain,
        String parentId,
        String name,
        String key,
        TypeCode code,
        Optional<String> contentType,
        long contentLength) {
    /** The domain of blobs that belong to all domains. */
    static final String SHARED = "<shared>";
    /** The domain of blobs of which nobody knows it. */
    static final String UNKNOWN = "<unknown>";

    private static final int LONGEST = 255;

    /** Lets a row pass that the table can hold. */
    MetadataRow fitting() throws UserException {
        fits("domain", domain);
        fits("parent_id", parentId);
        fits("name", name);
        fits("key", key);
        fits("content_type", contentType.orElse(""));
        return this;
    }

    private static void fits(String column, String value) throws UserException {
        int length = value.length();
        if (length > LONGEST && value.codePointCount(0, length) > LONGEST) {
            throw new UserException(column + " has more than " + LONGEST + " characters");
        }
        int at = 0;
        while (at < length) {
            int c = value.codePointAt(at);
            if (c == 0) {
                throw new UserException(column + " holds a NUL, which PostgreSQL does not store");
            }
            if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                throw new UserException(column + " holds half a character, which PostgreSQL does not store");
            }
            at += Character.charCount(c);
        }
    }
}
