package org.cchq.migrate.store.document;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.store.document.DocumentDatabase.Sequence;
import org.jspecify.annotations.Nullable;

/**
 * Reads very many documents for a few of their fields: whole pages in one request each, read as they arrive, and nothing
 * else of the documents is built in memory. Each call is one attempt. Thread-safe.
 */
public final class CouchScan {
    private final CouchHttp http;

    CouchScan(CouchHttp http) {
        this.http = http;
    }

    /**
     * Documents in the order of their ids.
     *
     * @param rows that the server gave, design documents among them
     * @param last id of the last row; empty if there was none
     */
    public record Page(List<Document> documents, int rows, Optional<String> last) {
        public Page {
            documents = List.copyOf(documents);
        }
    }

    /**
     * What became of a document.
     *
     * @param document as it is now; empty if it was deleted
     */
    public record Change(String id, Optional<Document> document) {}

    /**
     * @param count rows that the server gave, design documents among them; fewer than asked for at the end of the feed
     * @param last goes on from here
     */
    public record Changes(List<Change> rows, int count, Sequence last) {
        public Changes {
            rows = List.copyOf(rows);
        }
    }

    /**
     * The documents of a range of ids, design documents left out.
     *
     * @param after begins behind this id; "" for the beginning of the range
     * @param from first id of the range, "" for open; looked at only if {@code after} is empty
     * @param before ends before this id; "" for open
     * @param fields of the documents; {@code _id} is always there
     */
    public Page page(String after, String from, String before, int limit, Set<String> fields)
            throws EndpointException, InterruptedException {
        String begin = after.isEmpty() ? from : after;
        CouchPath path = new CouchPath("_all_docs").with("include_docs", "true");
        if (!begin.isEmpty()) {
            path.withJson("startkey", begin);
        }
        if (!before.isEmpty()) {
            path.withJson("endkey", before).with("inclusive_end", "false");
        }
        // One more where the first row may be the one that was the last before.
        path.with("limit", Integer.toString(after.isEmpty() ? limit : limit + 1));
        String action = "read documents";
        List<Document> documents = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        try (CouchAnswer answer = http.send(Ask.get(path, action))) {
            answer.required().rows("rows", withId(fields), row -> {
                String id = String.valueOf(row.get("id"));
                if (!id.equals(after) && (before.isEmpty() || !id.equals(before))) {
                    ids.add(id);
                    document(row).filter(found -> !isDesign(id)).ifPresent(documents::add);
                }
            });
        }
        // A server that does not give the id it was asked to begin with has one row more than was asked for.
        Optional<String> last = ids.isEmpty() ? Optional.empty() : Optional.of(ids.get(ids.size() - 1));
        return new Page(documents, ids.size(), last);
    }

    /** The documents behind {@code after} (or from {@code from} on, if it is empty) and up to {@code through}. */
    public List<Document> through(String after, String from, String through, Set<String> fields)
            throws EndpointException, InterruptedException {
        String begin = after.isEmpty() ? from : after;
        CouchPath path = new CouchPath("_all_docs").with("include_docs", "true");
        if (!begin.isEmpty()) {
            path.withJson("startkey", begin);
        }
        path.withJson("endkey", through);
        List<Document> documents = new ArrayList<>();
        try (CouchAnswer answer = http.send(Ask.get(path, "read documents again"))) {
            answer.required().rows("rows", withId(fields), row -> {
                String id = String.valueOf(row.get("id"));
                if (!id.equals(after)) {
                    document(row).filter(found -> !isDesign(id)).ifPresent(documents::add);
                }
            });
        }
        return documents;
    }

    /** The next changes, with the documents as they are now; design documents left out. */
    public Changes changes(Sequence since, int limit, Set<String> fields)
            throws EndpointException, InterruptedException {
        CouchPath path = new CouchPath("_changes")
                .with("include_docs", "true")
                .with("since", since.json())
                .with("limit", Integer.toString(limit));
        String action = "read the changes with their documents";
        List<Change> changes = new ArrayList<>();
        AtomicInteger count = new AtomicInteger();
        try (CouchAnswer answer = http.send(Ask.get(path, action))) {
            Map<String, @Nullable Object> rest = answer.required().rows("results", withId(fields), row -> {
                String id = String.valueOf(row.get("id"));
                count.incrementAndGet();
                if (!isDesign(id)) {
                    changes.add(
                            new Change(id, Boolean.TRUE.equals(row.get("deleted")) ? Optional.empty() : document(row)));
                }
            });
            if (!rest.containsKey("last_seq")) {
                throw http.error(Kind.REFUSED, action, "the answer is not one of CouchDB's: no last_seq", null);
            }
            return new Changes(changes, count.get(), new Sequence(Json.write(rest.get("last_seq"))));
        }
    }

    /** The documents of these ids that are there, in the order of the ids. */
    public List<Document> documents(List<String> ids, Set<String> fields)
            throws EndpointException, InterruptedException {
        if (ids.isEmpty()) {
            return List.of();
        }
        CouchPath path = new CouchPath("_all_docs").with("include_docs", "true");
        List<Document> documents = new ArrayList<>();
        try (CouchAnswer answer = http.send(Ask.post(path, Map.of("keys", ids), "read documents"))) {
            answer.required().rows("rows", withId(fields), row -> document(row).ifPresent(documents::add));
        }
        return documents;
    }

    private static Optional<Document> document(Map<String, @Nullable Object> row) {
        if (row.get("doc") instanceof Map<?, ?> fields && !Boolean.TRUE.equals(fields.get("_deleted"))) {
            @SuppressWarnings("unchecked")
            Map<String, @Nullable Object> document = (Map<String, @Nullable Object>) fields;
            return Optional.of(new Document(document));
        }
        return Optional.empty();
    }

    private static boolean isDesign(String id) {
        return id.startsWith("_design/");
    }

    private static Set<String> withId(Set<String> fields) {
        Set<String> all = new java.util.HashSet<>(fields);
        all.add("_id");
        all.add("_deleted");
        return all;
    }
}
