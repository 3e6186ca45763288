package org.cchq.migrate.store.document;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is not a success. Servers say why in JSON; nginx, HAProxy and load balancers in front of them say it in
 * HTML or not at all.
 *
 * @param error the server's word for it; a word of ours where something in front of the server refused
 * @param byServer false if something in front of the server refused
 */
record Refusal(int status, String error, String reason, boolean byServer, Optional<String> retryAfter) {
    private static final Set<String> NO_DATABASE = Set.of("no_db_file", "Database does not exist.");
    private static final int LONGEST_REASON = 300;

    static Refusal of(int status, String body, Optional<String> retryAfter) {
        try {
            Map<String, @Nullable Object> json = Json.readObject(body, "answer");
            return new Refusal(
                    status,
                    text(json.get("error")),
                    shortened(text(json.get("reason"))),
                    json.containsKey("error"),
                    retryAfter);
        } catch (UserException e) {
            return new Refusal(status, word(status), "", false, retryAfter);
        }
    }

    boolean noDatabase() {
        return status == 404 && byServer && NO_DATABASE.contains(reason);
    }

    /** 404 for a document, view or function: the database itself is there. */
    boolean nothingThere() {
        return status == 404 && byServer && !noDatabase();
    }

    Kind kind() {
        if (noDatabase()) {
            return Kind.UNUSABLE;
        }
        return switch (status) {
            case 400 -> error.equals("content_md5_mismatch") ? Kind.CORRUPT : Kind.REFUSED;
            case 401 -> Kind.UNUSABLE;
            case 403 -> Kind.DENIED;
            case 408, 502, 504 -> Kind.UNREACHABLE;
            case 429, 503 -> Kind.THROTTLED;
            default -> status >= 500 ? Kind.SERVER_ERROR : Kind.REFUSED;
        };
    }

    /** What follows "but" in a message. */
    String sentence() {
        StringBuilder text = new StringBuilder("it answered ").append(status);
        if (status == 401) {
            text.append(" (wrong COUCH_USERNAME or COUCH_PASSWORD)");
        } else if (noDatabase()) {
            text.append(": there is no such database");
        } else if (byServer) {
            text.append(": ").append(error).append(reason.isEmpty() ? "" : ": " + reason);
        } else {
            text.append(", and not in CouchDB's way: probably nginx, HAProxy or a load balancer in front of it");
        }
        retryAfter.ifPresent(when -> text.append("; it asks for patience (Retry-After: ")
                .append(when)
                .append(')'));
        return text.toString();
    }

    private static String word(int status) {
        return switch (status) {
            case 413 -> "too_large";
            case 502, 504 -> "unreachable";
            default -> "http_" + status;
        };
    }

    private static String text(@Nullable Object value) {
        return value instanceof String text ? text : value == null ? "" : Json.write(value);
    }

    private static String shortened(String reason) {
        return reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON) + "...";
    }
}
