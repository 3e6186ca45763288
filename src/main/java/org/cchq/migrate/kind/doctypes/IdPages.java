package org.cchq.migrate.kind.doctypes;

import java.util.List;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;

/** Ids of documents in an order that stays, page by page. */
interface IdPages {
    /**
     * @param ids that may be of the types
     * @param last the next page begins after it
     * @param end nothing comes after it
     */
    record Page(List<String> ids, String last, boolean end) {
        public Page {
            ids = List.copyOf(ids);
        }
    }

    /** What it lists; stays the same over restarts. */
    String name();

    /** @param after an id, which need not be there any more; "" for the beginning */
    Page after(String after) throws EndpointException, UserException, InterruptedException, StoppedException;
}
