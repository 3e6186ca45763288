package org.cchq.migrate.store.blob;

/**
 * How hard a store may work.
 *
 * @param maxConnections at most so many connections at once, 1 or more; who needs one more waits for it
 * @param partBytes size of the parts of blobs that do not go in one body, at least {@link #MIN_PART_BYTES}. 8 MiB, as
 *     HQ's own client sends, passes the 9 MiB body limit of HQ's proxies.
 * @param singleBytes largest blob that goes in one body where the target is found to let it in; from {@code partBytes}
 */
public record S3Tuning(int maxConnections, long partBytes, long singleBytes) {
    /** What S3 asks of every part but the last. */
    public static final long MIN_PART_BYTES = 5L << 20;

    /** A part may have to be held in memory to be signed. */
    public static final long MAX_PART_BYTES = 1L << 30;

    public static final long DEFAULT_PART_BYTES = 8L << 20;

    /** One body is one request to target and proxy, and is sent again as a whole when its connection is lost. */
    public static final long DEFAULT_SINGLE_BYTES = 64L << 20;

    /** For 64 workers. */
    public static final S3Tuning DEFAULT = new S3Tuning(64, DEFAULT_PART_BYTES, DEFAULT_SINGLE_BYTES);

    public S3Tuning {
        if (maxConnections < 1) {
            throw new IllegalArgumentException("maxConnections must be 1 or more: " + maxConnections);
        }
        if (partBytes < MIN_PART_BYTES || partBytes > MAX_PART_BYTES) {
            throw new IllegalArgumentException("partBytes must be 5 MiB to 1 GiB: " + partBytes);
        }
        if (singleBytes < partBytes) {
            throw new IllegalArgumentException("singleBytes must not be less than partBytes: " + singleBytes);
        }
    }

    /** The same with room for so many connections. */
    public S3Tuning withMaxConnections(int connections) {
        return new S3Tuning(connections, partBytes, singleBytes);
    }

    /** The same with parts of this size, and no larger body whatever the target would let in. */
    public S3Tuning withPartBytes(long bytes) {
        return new S3Tuning(maxConnections, bytes, bytes);
    }
}
