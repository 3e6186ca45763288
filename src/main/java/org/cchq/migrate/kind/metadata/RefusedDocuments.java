package org.cchq.migrate.kind.metadata;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.Ledger;
import org.cchq.migrate.json.Json;

/** Documents of a part of which no row could be made; in the ledger, so that the next run looks at them again. */
final class RefusedDocuments {
    /** More of them is no matter of single documents. */
    static final int MOST = 10_000;

    private static final String NOTE = "refused";

    private final Ledger ledger;
    private final TreeSet<String> ids = new TreeSet<>();

    private RefusedDocuments(Ledger ledger) {
        this.ledger = ledger;
    }

    static RefusedDocuments read(Ledger ledger) throws EndpointException, UserException {
        RefusedDocuments refused = new RefusedDocuments(ledger);
        if (Json.read(ledger.note(NOTE).orElse("[]"), "ledger") instanceof List<?> known) {
            known.forEach(id -> refused.ids.add(String.valueOf(id)));
        }
        return refused;
    }

    synchronized void add(Collection<String> more) throws EndpointException {
        if (ids.addAll(more)) {
            if (ids.size() > MOST) {
                throw new EndpointException(
                        "the documents",
                        EndpointException.Kind.UNUSABLE,
                        "more than " + MOST + " documents have entries that no row can hold; the log lists them");
            }
            keep();
        }
    }

    synchronized void remove(Collection<String> settled) throws EndpointException {
        if (ids.removeAll(settled)) {
            keep();
        }
    }

    synchronized List<String> ids() {
        return List.copyOf(ids);
    }

    private void keep() throws EndpointException {
        ledger.note(NOTE, Json.write(List.copyOf(ids)));
    }
}
