package org.cchq.migrate.store.document;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.jspecify.annotations.Nullable;

/** What a server answered. To be closed; a body that was not read to its end costs the connection. */
final class CouchAnswer implements AutoCloseable {
    private static final int LONGEST_REFUSAL = 64 * 1024;

    private final CouchHttp http;
    private final String action;
    private final int status;
    private final Function<String, Optional<String>> headers;
    private final InputStream body;

    /** @param headers the first value of a header, its name in any case */
    CouchAnswer(
            CouchHttp http, String action, int status, Function<String, Optional<String>> headers, InputStream body) {
        this.http = http;
        this.action = action;
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    boolean ok() {
        return status >= 200 && status < 300;
    }

    int status() {
        return status;
    }

    Optional<String> header(String name) {
        return headers.apply(name);
    }

    InputStream body() {
        return body;
    }

    /** Lets a success pass. */
    CouchAnswer required() throws EndpointException, InterruptedException {
        if (!ok()) {
            throw http.refused(action, refusal());
        }
        return this;
    }

    /** Lets a success pass, and says whether there is nothing of that name in the database. */
    boolean missing() throws EndpointException, InterruptedException {
        if (ok()) {
            return false;
        }
        Refusal refusal = refusal();
        if (refusal.nothingThere()) {
            return true;
        }
        throw http.refused(action, refusal);
    }

    /** Why it is no success; once. */
    Refusal refusal() throws EndpointException, InterruptedException {
        try {
            String text = new String(body.readNBytes(LONGEST_REFUSAL), StandardCharsets.UTF_8);
            return Refusal.of(status, text, header("Retry-After"));
        } catch (InterruptedIOException e) {
            throw CouchHttp.interrupted(e);
        } catch (IOException e) {
            // The status is known; that the explanation was cut off changes nothing.
            return Refusal.of(status, "", header("Retry-After"));
        }
    }

    Map<String, @Nullable Object> object() throws EndpointException, InterruptedException {
        return object(json());
    }

    /** The objects of the array that is the answer. */
    List<Map<String, @Nullable Object>> objects() throws EndpointException, InterruptedException {
        return objects(json());
    }

    /** A value that must be an object. */
    Map<String, @Nullable Object> object(@Nullable Object value) throws EndpointException {
        if (value instanceof Map<?, ?> map) {
            @SuppressWarnings("unchecked")
            Map<String, @Nullable Object> object = (Map<String, @Nullable Object>) map;
            return object;
        }
        throw strange("an object was expected");
    }

    /** A value that must be a list of objects. */
    List<Map<String, @Nullable Object>> objects(@Nullable Object value) throws EndpointException {
        if (!(value instanceof List<?> list)) {
            throw strange("a list was expected");
        }
        List<Map<String, @Nullable Object>> objects = new ArrayList<>(list.size());
        for (Object element : list) {
            objects.add(object(element));
        }
        return objects;
    }

    /** The answer is JSON of another shape than CouchDB's reference says. */
    EndpointException strange(String what) {
        return http.error(Kind.REFUSED, action, "the answer is not one of CouchDB's: " + what, null);
    }

    /**
     * Hands over the rows of the answer one at a time, as they arrive.
     *
     * @param array the field that holds them
     * @param wanted fields of each row's {@code doc}
     * @return the scalar fields beside them
     */
    Map<String, @Nullable Object> rows(String array, Set<String> wanted, Consumer<Map<String, @Nullable Object>> rows)
            throws EndpointException, InterruptedException {
        return reading(() -> Json.readRows(body, "answer", array, wanted, rows));
    }

    private @Nullable Object json() throws EndpointException, InterruptedException {
        return reading(() -> Optional.<Object>ofNullable(Json.readForeign(body, "answer")))
                .orElse(null);
    }

    private interface Reading<T> {
        T read() throws UserException, IOException;
    }

    private <T> T reading(Reading<T> reading) throws EndpointException, InterruptedException {
        try {
            return reading.read();
        } catch (UserException e) {
            boolean json = header("Content-Type").orElse("").contains("json")
                    || header("Content-Type").orElse("").contains("text/plain");
            // CouchDB can only break off, or append an error, when a shard fails after the status was sent.
            throw http.error(
                    json ? Kind.SERVER_ERROR : Kind.REFUSED,
                    action,
                    "the answer is cut off or no JSON: " + e.getMessage(),
                    e);
        } catch (CouchBody.DeadlineException e) {
            throw http.error(Kind.UNREACHABLE, action, String.valueOf(e.getMessage()), e);
        } catch (InterruptedIOException e) {
            throw CouchHttp.interrupted(e);
        } catch (IOException e) {
            throw http.lost(action, e);
        }
    }

    /** The answer, or nothing if the time that was set for it ended first. */
    Optional<Map<String, @Nullable Object>> objectInTime() throws EndpointException, InterruptedException {
        try {
            return Optional.of(object());
        } catch (EndpointException e) {
            if (e.getCause() instanceof CouchBody.DeadlineException) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public void close() {
        try {
            body.close();
        } catch (IOException e) {
            throw new IllegalStateException("closing does not touch the network", e);
        }
    }
}
