package org.cchq.migrate.kind.blobs;

/**
 * How many rows there are.
 *
 * @param exact counted, not taken from the planner's statistics
 */
public record BlobMetaEstimate(long rows, boolean exact) {
    BlobMetaEstimate plus(BlobMetaEstimate other) {
        return new BlobMetaEstimate(rows + other.rows, exact && other.exact);
    }
}
