package org.cchq.migrate.hq;

import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.store.document.CouchSpec;

/**
 * HQ's {@code COUCH_DATABASES}: alias to database. {@code default} is the main database; a part of HQ whose alias is not
 * listed is in {@code <main>__<part>} on the main server.
 */
public record CouchDatabases(Map<String, CouchSpec> byAlias) {
    public static final String MAIN = "default";

    public CouchDatabases {
        byAlias = Map.copyOf(byAlias);
    }

    /**
     * The database of a part of HQ; empty if no CouchDB is configured.
     *
     * @param part {@code apps}, {@code meta}...; "" for the main database
     */
    public Optional<CouchSpec> of(String part) {
        if (!part.isEmpty() && byAlias.containsKey(part)) {
            return Optional.ofNullable(byAlias.get(part));
        }
        return Optional.ofNullable(byAlias.get(MAIN))
                .map(main -> part.isEmpty() ? main : main.withDatabase(main.database() + "__" + part));
    }
}
