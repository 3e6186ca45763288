package org.cchq.migrate.kind.blobs;

import java.util.List;

/**
 * What one bounded look at a shard found.
 *
 * @param rows ascending by id; may be empty although more follow
 * @param through every row up to this id has been looked at
 * @param end no row follows after {@code through}
 */
public record BlobMetaWindow(List<BlobMetaRow> rows, long through, boolean end) {
    public BlobMetaWindow {
        rows = List.copyOf(rows);
    }
}
