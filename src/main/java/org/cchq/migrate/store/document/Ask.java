package org.cchq.migrate.store.document;

import java.net.http.HttpRequest.BodyPublisher;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.cchq.migrate.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * One request.
 *
 * @param path below the database; below the server if it begins with a slash
 * @param action for messages, as in "Tried to ..."
 * @param begin until the answer begins
 * @param whole until the answer ends; it may also not be silent for too long
 */
record Ask(
        String method,
        String path,
        String action,
        AskBody body,
        Map<String, String> headers,
        Duration begin,
        Duration whole) {
    private static final Duration BEGIN = Duration.ofMinutes(2);
    private static final Duration WHOLE = Duration.ofHours(6);

    static Ask of(String method, CouchPath path, String action) {
        return of(method, path.toString(), action);
    }

    static Ask get(CouchPath path, String action) {
        return of("GET", path, action);
    }

    /** Of the server rather than the database. */
    static Ask server(String method, String path, String action) {
        return of(method, "/" + path, action);
    }

    static Ask post(CouchPath path, @Nullable Object json, String action) {
        return of("POST", path, action).json(json);
    }

    private static Ask of(String method, String path, String action) {
        return new Ask(method, path, action, AskBody.NONE, Map.of("Accept", "application/json"), BEGIN, WHOLE);
    }

    Ask json(@Nullable Object json) {
        return sending(AskBody.of(Json.writeBytes(json)), "application/json");
    }

    Ask sending(BodyPublisher content, String type) {
        return sending(AskBody.of(content), type);
    }

    private Ask sending(AskBody content, String type) {
        return new Ask(method, path, action, content, headers, begin, whole).header("Content-Type", type);
    }

    Ask header(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Ask(method, path, action, body, Map.copyOf(more), begin, whole);
    }

    /** Another patience for the beginning of the answer. */
    Ask beginning(Duration limit) {
        return new Ask(method, path, action, body, headers, limit, whole);
    }

    /** Another patience for the answer as a whole. */
    Ask ending(Duration limit) {
        return new Ask(method, path, action, body, headers, begin, limit);
    }
}
