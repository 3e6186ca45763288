package org.cchq.migrate.store.document;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.TlsRefusal;
import org.cchq.migrate.base.TrustedIssuers;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * Reads documents of one CouchDB database over its HTTP interface. Each call is one attempt; {@link
 * EndpointException#retryable()} says whether another may succeed. Thread-safe.
 */
public final class CouchDatabase {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(60);

    private final CouchSpec spec;
    private @Nullable HttpClient client;
    private volatile boolean databaseSeen;

    public CouchDatabase(CouchSpec spec) {
        this.spec = spec;
    }

    public CouchSpec spec() {
        return spec;
    }

    /** The winning revision of a document; empty if there is none or it was deleted. */
    public Optional<Map<String, @Nullable Object>> get(String id) throws EndpointException, InterruptedException {
        if (id.isEmpty() || id.startsWith("_")) {
            // CouchDB has no documents of such names, but other resources.
            return Optional.empty();
        }
        HttpResponse<String> response = send("GET", spec.address().resolve(encode(id)), "read document '" + id + "'");
        if (response.statusCode() == 404) {
            requireDatabase();
            return Optional.empty();
        }
        requireOk(response, "read document '" + id + "'");
        databaseSeen = true;
        try {
            return Optional.of(Json.readObject(response.body(), "document"));
        } catch (UserException e) {
            throw error(
                    Kind.REFUSED, "read document '" + id + "'", "the answer is not a document: " + e.getMessage(), e);
        }
    }

    /** A missing database answers as a missing document does, and would make every document look deleted. */
    private void requireDatabase() throws EndpointException, InterruptedException {
        if (databaseSeen) {
            return;
        }
        HttpResponse<String> response = send("GET", spec.address(), "look for the database");
        if (response.statusCode() == 404) {
            throw error(Kind.UNUSABLE, "look for the database", "there is no such database (404)", null);
        }
        requireOk(response, "look for the database");
        databaseSeen = true;
    }

    private void requireOk(HttpResponse<String> response, String action) throws EndpointException {
        int status = response.statusCode();
        if (status == 200) {
            return;
        }
        Kind kind = switch (status) {
            case 401 -> Kind.UNUSABLE;
            case 403 -> Kind.DENIED;
            case 429, 503 -> Kind.THROTTLED;
            default -> status >= 500 ? Kind.SERVER_ERROR : Kind.REFUSED;
        };
        String why = status == 401 ? " (wrong COUCH_USERNAME or COUCH_PASSWORD)" : "";
        throw error(kind, action, "it answered " + status + why, null);
    }

    private HttpResponse<String> send(String method, URI uri, String action)
            throws EndpointException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .header("Accept", "application/json")
                .timeout(ANSWER_LIMIT);
        if (!spec.user().isEmpty() && !spec.password().isEmpty()) {
            String pair = spec.user() + ":" + spec.password().reveal();
            request.header(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
        }
        try {
            return client(action).send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            Optional<String> refusal = TlsRefusal.of(e);
            if (refusal.isPresent()) {
                throw error(Kind.UNUSABLE, action, refusal.get(), e);
            }
            String what = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw error(Kind.UNREACHABLE, action, what, e);
        }
    }

    private synchronized HttpClient client(String action) throws EndpointException {
        if (client == null) {
            HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(CONNECT_LIMIT);
            if ("https".equals(spec.address().getScheme())) {
                try {
                    builder.sslContext(TrustedIssuers.ofThisMachine().context());
                } catch (UserException e) {
                    throw error(Kind.UNUSABLE, action, String.valueOf(e.getMessage()), e);
                }
            }
            client = builder.build();
        }
        return client;
    }

    private EndpointException error(Kind kind, String action, String what, @Nullable Throwable cause) {
        return new EndpointException(
                spec.endpoint(), kind, "Tried to " + action + " on " + spec.endpoint() + " but " + what, cause);
    }

    /** Everything but letters, digits and {@code -_.} percent-encoded, slashes too. */
    private static String encode(String id) {
        String encoded = URLEncoder.encode(id, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A");
        return encoded.matches("\\.{1,2}") ? encoded.replace(".", "%2E") : "./" + encoded;
    }
}
