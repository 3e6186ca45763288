package org.cchq.migrate.store.document;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.store.document.DocumentDatabase.Change;
import org.cchq.migrate.store.document.DocumentDatabase.Changes;
import org.cchq.migrate.store.document.DocumentDatabase.Sequence;

/**
 * The documents with more than one leaf, as the feed of changes tells them: read whole once, then on from there. Memory
 * grows with these documents only. Thread-safe.
 */
final class BranchedIds {
    private static final int PAGE = 10_000;

    private final CouchFeed feed;
    private final Set<String> ids = new HashSet<>();
    private Sequence read = Sequence.ZERO;

    BranchedIds(CouchFeed feed) {
        this.feed = feed;
    }

    /** Those of the given ids that have more than one leaf now. */
    synchronized Set<String> among(Collection<String> given) throws EndpointException, InterruptedException {
        int rows;
        do {
            Changes page = feed.page(read, PAGE, 0);
            for (Change change : page.rows()) {
                if (change.revs().size() > 1) {
                    ids.add(change.id());
                }
            }
            read = page.last();
            rows = page.rows().size();
        } while (rows == PAGE);
        Set<String> branched = new LinkedHashSet<>(given);
        branched.retainAll(ids);
        return branched;
    }
}
