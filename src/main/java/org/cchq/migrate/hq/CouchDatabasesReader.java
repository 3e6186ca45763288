package org.cchq.migrate.hq;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.store.document.CouchSpec;

/**
 * Reads HQ's {@code COUCH_DATABASES}:
 *
 * <pre>{"default": {"COUCH_HTTPS": false, "COUCH_SERVER_ROOT": "10.0.0.9:25984", "COUCH_USERNAME": "u",
 *              "COUCH_PASSWORD": "p", "COUCH_DATABASE_NAME": "commcarehq"}}</pre>
 */
public final class CouchDatabasesReader {
    public static final Set<String> KEYS =
            Set.of("COUCH_HTTPS", "COUCH_SERVER_ROOT", "COUCH_USERNAME", "COUCH_PASSWORD", "COUCH_DATABASE_NAME");

    private CouchDatabasesReader() {}

    public static CouchDatabases read(SettingsObject settings) {
        Map<String, CouchSpec> byAlias = new LinkedHashMap<>();
        settings.objectOrNull("COUCH_DATABASES").ifPresent(databases -> {
            if (!databases.has(CouchDatabases.MAIN)) {
                databases.problem(CouchDatabases.MAIN, "is missing; it is the main database");
            }
            for (String alias : databases.keys()) {
                databases.object(alias).ifPresent(entry -> byAlias.put(alias, database(entry)));
            }
        });
        return new CouchDatabases(byAlias);
    }

    private static CouchSpec database(SettingsObject entry) {
        entry.onlyKeys(KEYS);
        String root = entry.required("COUCH_SERVER_ROOT");
        if (!root.isEmpty() && !root.matches("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(:[0-9]{1,5})?")) {
            entry.problem("COUCH_SERVER_ROOT", "must be host:port without scheme, user or path; like 10.0.0.9:25984");
        }
        String name = entry.required("COUCH_DATABASE_NAME");
        if (!name.isEmpty() && !name.matches("[a-z][a-z0-9_$()+/-]*")) {
            entry.problem("COUCH_DATABASE_NAME", "'" + name + "' is no CouchDB database name");
        }
        return new CouchSpec(
                entry.flag("COUCH_HTTPS"),
                root,
                entry.textOrNull("COUCH_USERNAME").orElse(""),
                new Secret(entry.textOrNull("COUCH_PASSWORD").orElse("")),
                name);
    }
}
