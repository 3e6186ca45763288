package org.cchq.migrate.store.document;

import java.util.Comparator;
import org.cchq.migrate.store.document.DocumentDatabase.Document;

/**
 * CouchDB's order of the leaves of a document, the winner first: live before deleted, higher generation, higher hash.
 *
 * <p>Source: CouchDB's documentation of the replication and conflict model.
 */
final class LeafOrder {
    static final Comparator<Document> WINNER_FIRST = Comparator.comparing(Document::deleted)
            .thenComparing(Comparator.comparingLong((Document leaf) -> generation(leaf.rev()))
                    .reversed())
            .thenComparing(
                    Comparator.comparing((Document leaf) -> hash(leaf.rev())).reversed());

    private LeafOrder() {}

    private static long generation(String rev) {
        int dash = rev.indexOf('-');
        try {
            return dash > 0 ? Long.parseLong(rev.substring(0, dash)) : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static String hash(String rev) {
        return rev.substring(rev.indexOf('-') + 1);
    }
}
