package org.cchq.migrate.store.document;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.cchq.migrate.base.Secret;

/**
 * Where a CouchDB database is and who asks, as one entry of HQ's {@code COUCH_DATABASES} says it.
 *
 * @param https {@code COUCH_HTTPS}
 * @param serverRoot {@code COUCH_SERVER_ROOT}, {@code host:port}
 * @param user empty, like the password, where the server asks for none
 * @param database {@code COUCH_DATABASE_NAME}
 */
public record CouchSpec(boolean https, String serverRoot, String user, Secret password, String database) {
    public CouchSpec {
        Objects.requireNonNull(serverRoot);
        Objects.requireNonNull(user);
        Objects.requireNonNull(password);
        Objects.requireNonNull(database);
    }

    /** The same server and account, another database. */
    public CouchSpec withDatabase(String name) {
        return new CouchSpec(https, serverRoot, user, password, name);
    }

    /** As a person names it, without credentials: {@code couchdb http://10.1.2.3:25984/commcarehq}. */
    public String endpoint() {
        return "couchdb " + root() + database;
    }

    /** The server without the database and without credentials: {@code http://10.1.2.3:25984/}. */
    public String server() {
        return root();
    }

    /** The database's address, ending in a slash. */
    URI address() {
        return URI.create(root() + URLEncoder.encode(database, StandardCharsets.UTF_8) + "/");
    }

    private String root() {
        return (https ? "https" : "http") + "://" + serverRoot + "/";
    }
}
