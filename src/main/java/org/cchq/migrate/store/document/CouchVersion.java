package org.cchq.migrate.store.document;

import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.jspecify.annotations.Nullable;

/**
 * Which server it is, as {@code GET /} says it.
 *
 * @param uuid of the server
 * @param apache Apache CouchDB or a service built on it; false for others with its interface, which know less of it
 */
record CouchVersion(Optional<String> uuid, boolean apache) {
    /** Asks once; keeps the answer. Thread-safe. */
    static final class Known {
        private final CouchHttp http;
        private volatile @Nullable CouchVersion server;

        Known(CouchHttp http) {
            this.http = http;
        }

        CouchVersion get() throws EndpointException, InterruptedException {
            CouchVersion known = server;
            if (known == null) {
                known = ask();
                server = known;
            }
            return known;
        }

        private CouchVersion ask() throws EndpointException, InterruptedException {
            try (CouchAnswer answer = http.send(Ask.server("GET", "", "ask which server it is"))) {
                return of(answer.required().object());
            }
        }
    }

    private static CouchVersion of(Map<String, @Nullable Object> welcome) {
        Optional<String> uuid =
                welcome.get("uuid") instanceof String text && !text.isEmpty() ? Optional.of(text) : Optional.empty();
        return new CouchVersion(uuid, welcome.containsKey("couchdb") && !welcome.containsKey("express-pouchdb"));
    }
}
