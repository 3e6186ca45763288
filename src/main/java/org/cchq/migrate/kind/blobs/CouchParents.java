package org.cchq.migrate.kind.blobs;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.hq.CouchDatabases;
import org.cchq.migrate.hq.PythonRepr;
import org.cchq.migrate.hq.SafeId;
import org.cchq.migrate.hq.TypeCode;
import org.cchq.migrate.store.document.CouchDatabase;
import org.cchq.migrate.store.document.CouchSpec;
import org.jspecify.annotations.Nullable;

/** The CouchDB documents that blobs belong to, and the blobs that they name. Thread-safe. */
final class CouchParents {
    private final CouchDatabases databases;
    private final Map<CouchSpec, CouchDatabase> clients = new ConcurrentHashMap<>();

    CouchParents(CouchDatabases databases) {
        this.databases = databases;
    }

    /**
     * What CouchDB says of a parent.
     *
     * @param found whether there is such a document
     * @param reference the entry of its {@code external_blobs} that names the key, as Python writes it
     */
    record Answer(boolean found, Optional<String> reference) {}

    /** Empty if no CouchDB is configured. */
    Optional<Answer> ask(TypeCode.CouchParent parent, String id, String key)
            throws EndpointException, InterruptedException {
        Optional<CouchSpec> spec = databases.of(parent.databaseSuffix());
        if (spec.isEmpty()) {
            return Optional.empty();
        }
        CouchDatabase database = clients.computeIfAbsent(spec.get(), CouchDatabase::new);
        Optional<Map<String, @Nullable Object>> document = database.get(id);
        return Optional.of(new Answer(
                document.isPresent(),
                document.flatMap(found -> reference(found, spec.get().database(), id, key))));
    }

    private static Optional<String> reference(
            Map<String, @Nullable Object> document, String database, String id, String key) {
        if (document.get("external_blobs") instanceof Map<?, ?> blobs) {
            for (Map.Entry<?, ?> blob : blobs.entrySet()) {
                if (blob.getValue() instanceof Map<?, ?> info
                        && keys(info, database, id).contains(key)) {
                    return Optional.of(PythonRepr.of(blob.getKey()) + ": " + PythonRepr.of(info));
                }
            }
        }
        return Optional.empty();
    }

    /** New entries name the key; old ones an identifier below the database and the document. */
    private static List<String> keys(Map<?, ?> info, String database, String id) {
        if (info.get("key") instanceof String key) {
            return List.of(key);
        }
        return info.get("id") instanceof String identifier
                ? List.of(database + "/" + SafeId.of(id) + "/" + identifier)
                : List.of();
    }
}
