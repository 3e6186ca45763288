package org.cchq.migrate.store.document;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.cchq.migrate.json.Json;
import org.jspecify.annotations.Nullable;

/** Builds the part of an address below a database, everything encoded once and in one place. Not thread-safe. */
final class CouchPath {
    private static final String DESIGN = "_design/";

    private final StringBuilder text;
    private char next = '?';

    /** @param fixed as CouchDB calls it, such as {@code _all_docs} */
    CouchPath(String fixed) {
        this.text = new StringBuilder(fixed);
    }

    /** Of a document; the slash of {@code _design/} stays a slash, all others are encoded. */
    static CouchPath document(String id) {
        return id.startsWith(DESIGN)
                ? new CouchPath(DESIGN + encode(id.substring(DESIGN.length())))
                : new CouchPath(encode(id));
    }

    static CouchPath local(String name) {
        return new CouchPath("_local/" + encode(name));
    }

    static CouchPath view(String design, String view) {
        return new CouchPath(DESIGN + encode(design) + "/_view/" + encode(view));
    }

    /** A parameter as it is. */
    CouchPath with(String name, String value) {
        text.append(next).append(name).append('=').append(encode(value));
        next = '&';
        return this;
    }

    /** A parameter as JSON. */
    CouchPath withJson(String name, @Nullable Object value) {
        return with(name, Json.write(value));
    }

    /** Everything but letters, digits and {@code -_.} percent-encoded, slashes too. */
    static String encode(String text) {
        String encoded = URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A");
        // Names of one or two dots would be taken for "this" and "the one above" on the way.
        return encoded.matches("\\.{1,2}") ? encoded.replace(".", "%2E") : encoded;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
