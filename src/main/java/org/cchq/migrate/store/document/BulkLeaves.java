package org.cchq.migrate.store.document;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.jspecify.annotations.Nullable;

/** Leaves of many documents with one request, {@code _bulk_get}: all of them on CouchDB, the live winner elsewhere. */
final class BulkLeaves {
    private final CouchHttp http;

    BulkLeaves(CouchHttp http) {
        this.http = http;
    }

    /** Leaves by id, in no order; none for an unknown id. */
    Map<String, List<Document>> read(List<String> ids) throws EndpointException, InterruptedException {
        List<Map<String, String>> asked =
                ids.stream().distinct().map(id -> Map.of("id", id)).toList();
        Map<String, List<Document>> found = new LinkedHashMap<>();
        Ask ask = Ask.post(
                new CouchPath("_bulk_get").with("revs", "true"),
                Map.of("docs", asked),
                "read " + ids.size() + " documents");
        try (CouchAnswer answer = http.send(ask)) {
            Map<String, @Nullable Object> all = answer.required().object();
            for (Map<String, @Nullable Object> result : answer.objects(all.get("results"))) {
                String id =
                        CouchQueries.text(result.get("id")).orElseThrow(() -> answer.strange("a result without an id"));
                List<Document> leaves = found.computeIfAbsent(id, key -> new ArrayList<>());
                for (Map<String, @Nullable Object> leaf : answer.objects(result.get("docs"))) {
                    if (leaf.get("ok") != null) {
                        leaves.add(new Document(answer.object(leaf.get("ok"))));
                    } else {
                        requireMissing(answer, id, leaf);
                    }
                }
            }
            for (String id : ids) {
                if (!found.containsKey(id)) {
                    throw answer.strange("nothing on '" + id + "'");
                }
            }
        }
        return found;
    }

    /** Revisions with their attachments, in the order asked for; empty for one that is not there. */
    List<Optional<Document>> whole(List<Document> leaves) throws EndpointException, InterruptedException {
        List<Map<String, String>> asked = leaves.stream()
                .map(leaf -> Map.of("id", leaf.id(), "rev", leaf.rev()))
                .toList();
        Map<List<String>, Document> found = new HashMap<>();
        Ask ask = Ask.post(
                new CouchPath("_bulk_get").with("revs", "true").with("attachments", "true"),
                Map.of("docs", asked),
                "read " + leaves.size() + " documents with their attachments");
        try (CouchAnswer answer = http.send(ask)) {
            Map<String, @Nullable Object> all = answer.required().object();
            for (Map<String, @Nullable Object> result : answer.objects(all.get("results"))) {
                for (Map<String, @Nullable Object> leaf : answer.objects(result.get("docs"))) {
                    if (leaf.get("ok") != null) {
                        Document document = new Document(answer.object(leaf.get("ok")));
                        found.put(List.of(document.id(), document.rev()), document);
                    } else if (!leaf.containsKey("missing")) {
                        requireMissing(answer, String.valueOf(result.get("id")), leaf);
                    }
                }
            }
        }
        return leaves.stream()
                .map(leaf -> Optional.ofNullable(found.get(List.of(leaf.id(), leaf.rev()))))
                .toList();
    }

    /** An error other than that there is no such document; pouchdb-server leaves even that one out. */
    private void requireMissing(CouchAnswer answer, String id, Map<String, @Nullable Object> leaf)
            throws EndpointException {
        Map<String, @Nullable Object> error =
                leaf.get("error") instanceof Map ? answer.object(leaf.get("error")) : leaf;
        String word = CouchQueries.text(error.get("error")).orElse("");
        if (!leaf.isEmpty() && !word.equals("not_found")) {
            throw http.error(
                    Kind.SERVER_ERROR,
                    "read document '" + id + "'",
                    "it answered " + word + ": "
                            + CouchQueries.text(error.get("reason")).orElse(""),
                    null);
        }
    }
}
