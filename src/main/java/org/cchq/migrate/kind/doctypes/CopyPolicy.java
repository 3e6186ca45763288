package org.cchq.migrate.kind.doctypes;

import java.time.Duration;
import org.cchq.migrate.engine.RetryPolicy;

/**
 * How documents are copied.
 *
 * @param batchDocuments most documents in a request, 1 or more
 * @param batchBytes most bytes in the body of a request with several documents, base64 included
 * @param inlineBytes attachments of one document up to this size in all are held in memory; larger ones are streamed
 * @param retry pauses between attempts, and how long to wait for a server that is away
 * @param idle how long to wait for a change before the feed is asked again
 */
public record CopyPolicy(
        Conflicts conflicts,
        Retyped retyped,
        int batchDocuments,
        long batchBytes,
        long inlineBytes,
        RetryPolicy retry,
        Duration idle) {
    /** What becomes of a document's losing revisions. */
    public enum Conflicts {
        /** All leaves are copied, as a replication leaves them. */
        ALL,
        /** Only the winning revision is. */
        WINNER
    }

    /** What becomes of the target's copy of a document that has left the set of types. */
    public enum Retyped {
        /** It is removed, as if the document had been deleted. */
        DELETE,
        /** It stays, and is reported. */
        KEEP
    }

    public static final CopyPolicy DEFAULT = new CopyPolicy(
            Conflicts.ALL,
            Retyped.DELETE,
            500,
            8_000_000,
            1 << 20,
            new RetryPolicy(6, Duration.ofMillis(250), Duration.ofSeconds(10), Duration.ofMinutes(15)),
            Duration.ofSeconds(10));

    public CopyPolicy {
        if (batchDocuments < 1 || batchBytes < 1 || inlineBytes < 0) {
            throw new IllegalArgumentException("a batch holds something");
        }
    }

    public CopyPolicy with(Conflicts other) {
        return new CopyPolicy(other, retyped, batchDocuments, batchBytes, inlineBytes, retry, idle);
    }

    public CopyPolicy with(Retyped other) {
        return new CopyPolicy(conflicts, other, batchDocuments, batchBytes, inlineBytes, retry, idle);
    }

    public CopyPolicy withIdle(Duration other) {
        return new CopyPolicy(conflicts, retyped, batchDocuments, batchBytes, inlineBytes, retry, other);
    }
}
