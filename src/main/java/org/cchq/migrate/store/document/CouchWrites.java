package org.cchq.migrate.store.document;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.store.document.DocumentDatabase.Failure;
import org.jspecify.annotations.Nullable;

/** Writes documents: as they are, as edits, and local ones. */
final class CouchWrites {
    /** Refusals of a request because of what is in it: not a JSON document, stub of an unknown attachment, too large. */
    static final Set<Integer> OF_CONTENT = Set.of(400, 412, 413);

    private final CouchHttp http;
    private final CouchQueries queries;

    CouchWrites(CouchHttp http, CouchQueries queries) {
        this.http = http;
        this.queries = queries;
    }

    List<Failure> store(List<Document> documents) throws EndpointException, InterruptedException {
        return write(documents, Map.of("new_edits", false), "store");
    }

    List<Failure> edit(List<Document> documents) throws EndpointException, InterruptedException {
        return write(documents, Map.of(), "edit");
    }

    private List<Failure> write(List<Document> documents, Map<String, Object> options, String verb)
            throws EndpointException, InterruptedException {
        if (documents.isEmpty()) {
            return List.of();
        }
        Map<String, Object> body = new LinkedHashMap<>(options);
        body.put("docs", documents.stream().map(Document::fields).toList());
        String action = verb + " " + documents.size() + (documents.size() == 1 ? " document" : " documents");
        try (CouchAnswer answer = http.send(Ask.post(new CouchPath("_bulk_docs"), body, action))) {
            if (answer.ok()) {
                return failures(answer.objects());
            }
            Refusal refusal = answer.refusal();
            if (!OF_CONTENT.contains(refusal.status()) || refusal.kind() != EndpointException.Kind.REFUSED) {
                throw http.refused(action, refusal);
            }
            return documents.stream()
                    .map(document -> new Failure(document.id(), document.rev(), refusal.error(), refusal.sentence()))
                    .toList();
        }
    }

    /** Of the rows of {@code _bulk_docs}; with {@code new_edits=false} there are no others. */
    static List<Failure> failures(List<Map<String, @Nullable Object>> rows) {
        List<Failure> failures = new ArrayList<>();
        for (Map<String, @Nullable Object> row : rows) {
            Object error = row.get("error");
            if (error != null) {
                failures.add(new Failure(
                        Objects.toString(row.get("id"), ""),
                        Objects.toString(row.get("rev"), ""),
                        error instanceof String word ? word : Objects.toString(row.get("name"), "error"),
                        Objects.toString(row.get("reason"), "")));
            }
        }
        return failures;
    }

    boolean putLocal(String name, Map<String, @Nullable Object> fields) throws EndpointException, InterruptedException {
        String action = "write local document '" + name + "'";
        Optional<Object> known = queries.local(name).map(there -> Objects.requireNonNullElse(there.get("_rev"), ""));
        if (!known.equals(Optional.ofNullable(fields.get("_rev")))) {
            return false;
        }
        try (CouchAnswer answer =
                http.send(Ask.of("PUT", CouchPath.local(name), action).json(fields))) {
            if (answer.status() == 409) {
                return false;
            }
            answer.required();
            return true;
        }
    }
}
