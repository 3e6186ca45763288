package org.cchq.migrate.store.blob;

import java.util.Objects;

/**
 * What a store declares of a blob without sending it.
 *
 * @param length stored bytes, 0 or more
 * @param etag the ETag without quotes, "" where the store has none (file system)
 */
public record BlobInfo(long length, String etag) {
    public BlobInfo {
        Objects.requireNonNull(etag);
    }
}
