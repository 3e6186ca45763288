package org.cchq.migrate.testing.doctypes;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.jspecify.annotations.Nullable;

/** A client of one CouchDB database, as simple as can be and without a line of what is tested. Thread-safe. */
final class CouchRequests {
    private final HttpClient client = HttpClient.newHttpClient();
    private final String database;

    /** @param server address with a slash at its end, of a server that asks for no account */
    CouchRequests(String server, String database) {
        this.database = server + URLEncoder.encode(database, StandardCharsets.UTF_8);
    }

    /** Makes the database. */
    void create() throws IOException, InterruptedException {
        send("PUT", "", null);
    }

    /** The answer's rows to documents stored together. */
    List<?> bulk(List<?> documents, boolean newEdits) throws IOException, InterruptedException {
        return (List<?>) send("POST", "/_bulk_docs", Map.of("docs", documents, "new_edits", newEdits));
    }

    Map<?, ?> get(String path) throws IOException, InterruptedException {
        return (Map<?, ?>) send("GET", path, null);
    }

    Map<?, ?> put(String path, Object body) throws IOException, InterruptedException {
        return (Map<?, ?>) send("PUT", path, body);
    }

    Map<?, ?> post(String path, Object body) throws IOException, InterruptedException {
        return (Map<?, ?>) send("POST", path, body);
    }

    Map<?, ?> delete(String path) throws IOException, InterruptedException {
        return (Map<?, ?>) send("DELETE", path, null);
    }

    /** A document's path. */
    static String path(String id) {
        return "/" + URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private Object send(String method, String path, @Nullable Object body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(database + path))
                .header("Content-Type", "application/json")
                .header("Accept", "application/json")
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(Json.write(body)));
        HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() >= 300) {
            throw new IOException(method + " " + path + ": " + response.statusCode() + " " + response.body());
        }
        try {
            Object value = Json.read(response.body(), path);
            return value == null ? Map.of() : value;
        } catch (UserException e) {
            throw new IOException(e);
        }
    }
}
