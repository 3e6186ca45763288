package org.cchq.migrate.kind.blobs;

import java.time.Instant;
import java.util.Objects;
import java.util.OptionalLong;
import org.cchq.migrate.hq.TypeCode;

/**
 * What a blob's row says that a copy needs.
 *
 * @param shard alias of its database
 * @param id unique in its database only; negative for an old form attachment
 * @param domain {@code <unknown>} for an old attachment whose form is gone
 * @param parentId decides the shard
 * @param name "" where unused
 * @param key what the blob is called in the stores
 * @param typeCode see {@link TypeCode}; there may be others
 * @param createdOn the row's date, not always the blob's
 * @param contentLength bytes before compression; 0 or wrong in some migrated rows
 * @param compressedLength bytes as stored, only if the blob is stored compressed
 */
public record BlobMetaRow(
        String shard,
        long id,
        String domain,
        String parentId,
        String name,
        String key,
        int typeCode,
        Instant createdOn,
        long contentLength,
        OptionalLong compressedLength) {
    public BlobMetaRow {
        Objects.requireNonNull(shard);
        Objects.requireNonNull(domain);
        Objects.requireNonNull(parentId);
        Objects.requireNonNull(name);
        Objects.requireNonNull(key);
        Objects.requireNonNull(createdOn);
        Objects.requireNonNull(compressedLength);
    }

    /** Whether a store that holds so many bytes may hold this blob: a length of 0 stands for one that is not known. */
    boolean mayHaveStored(long length) {
        return length == storedLength() || storedLength() == 0;
    }

    /** Expected bytes in the store: a hint, not a promise. */
    public long storedLength() {
        return compressedLength.orElse(contentLength);
    }
}
