package org.cchq.migrate.store.blob;

import java.util.List;

/**
 * One page of a listing, in byte order of the keys.
 *
 * @param more whether another page may follow after the last key
 */
public record BlobPage(List<Entry> entries, boolean more) {
    /** A listed key. */
    public record Entry(String key, BlobInfo info) {}

    public BlobPage {
        entries = List.copyOf(entries);
    }
}
