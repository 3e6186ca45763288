package org.cchq.migrate.store.document;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.store.document.DocumentDatabase.Identity;
import org.cchq.migrate.store.document.DocumentDatabase.Info;
import org.cchq.migrate.store.document.DocumentDatabase.Leaves;
import org.cchq.migrate.store.document.DocumentDatabase.Missing;
import org.cchq.migrate.store.document.DocumentDatabase.Sequence;
import org.cchq.migrate.store.document.DocumentDatabase.Standing;
import org.jspecify.annotations.Nullable;

/** What a database says of itself and its documents. */
final class CouchQueries {
    private final CouchHttp http;
    private final CouchVersion.Known version;
    private final BulkLeaves bulk;
    private final OpenLeaves open;

    CouchQueries(CouchHttp http, CouchVersion.Known version) {
        this.http = http;
        this.version = version;
        this.bulk = new BulkLeaves(http);
        this.open = new OpenLeaves(http, new BranchedIds(new CouchFeed(http)));
    }

    Info info() throws EndpointException, InterruptedException {
        CouchVersion server = version.get();
        try (CouchAnswer answer = http.send(Ask.get(new CouchPath(""), "read the state of the database"))) {
            Map<String, @Nullable Object> info = answer.required().object();
            // pouchdb-server tells the time of its own start here, which is not that of the database.
            String instance =
                    server.apache() ? text(info.get("instance_start_time")).orElse("0") : "0";
            Identity identity = new Identity(
                    http.spec().server(), server.uuid(), http.spec().database(), instance);
            return new Info(
                    identity,
                    new Sequence(Json.write(info.get("update_seq"))),
                    number(info.get("doc_count")).orElse(0L),
                    number(info.get("doc_del_count")).orElse(0L));
        }
    }

    Optional<Map<String, @Nullable Object>> get(String id) throws EndpointException, InterruptedException {
        if (id.isEmpty() || (id.startsWith("_") && !id.startsWith("_design/"))) {
            // CouchDB has no documents of such names, but other resources.
            return Optional.empty();
        }
        return document(CouchPath.document(id), "read document '" + id + "'");
    }

    Optional<Map<String, @Nullable Object>> local(String name) throws EndpointException, InterruptedException {
        return document(CouchPath.local(name), "read local document '" + name + "'");
    }

    Optional<Document> whole(String id, String rev) throws EndpointException, InterruptedException {
        CouchPath path =
                CouchPath.document(id).with("rev", rev).with("revs", "true").with("attachments", "true");
        return document(path, "read document '" + id + "' at " + rev).map(Document::new);
    }

    List<Optional<Document>> whole(List<Document> leaves) throws EndpointException, InterruptedException {
        return leaves.isEmpty() ? List.of() : bulk.whole(leaves);
    }

    private Optional<Map<String, @Nullable Object>> document(CouchPath path, String action)
            throws EndpointException, InterruptedException {
        try (CouchAnswer answer = http.send(Ask.get(path, action))) {
            return answer.missing() ? Optional.empty() : Optional.of(answer.object());
        }
    }

    List<Standing> standings(List<String> ids) throws EndpointException, InterruptedException {
        if (ids.isEmpty()) {
            return List.of();
        }
        String action = "look for " + ids.size() + " documents";
        try (CouchAnswer answer = http.send(Ask.post(new CouchPath("_all_docs"), Map.of("keys", ids), action))) {
            Map<String, Standing> found = new LinkedHashMap<>();
            for (Map<String, @Nullable Object> row : rows(answer)) {
                Standing standing = standing(answer, row);
                found.put(standing.id(), standing);
            }
            List<Standing> standings = new ArrayList<>(ids.size());
            for (String id : ids) {
                Standing standing = found.get(id);
                if (standing == null) {
                    throw answer.strange("no row for '" + id + "'");
                }
                standings.add(standing);
            }
            return standings;
        }
    }

    List<Standing> standings(String from, String to, int limit) throws EndpointException, InterruptedException {
        CouchPath path = new CouchPath("_all_docs").with("limit", Integer.toString(limit));
        if (!from.isEmpty()) {
            path.withJson("startkey", from);
        }
        if (!to.isEmpty()) {
            path.withJson("endkey", to);
        }
        try (CouchAnswer answer = http.send(Ask.get(path, "list documents from '" + from + "' on"))) {
            List<Standing> standings = new ArrayList<>();
            for (Map<String, @Nullable Object> row : rows(answer)) {
                standings.add(standing(answer, row));
            }
            return standings;
        }
    }

    List<Leaves> leaves(List<String> ids) throws EndpointException, InterruptedException {
        if (ids.isEmpty()) {
            return List.of();
        }
        Map<String, List<Document>> found = version.get().apache() ? bulk.read(ids) : open.read(ids);
        List<Leaves> leaves = new ArrayList<>(ids.size());
        for (String id : ids) {
            List<Document> unordered = found.getOrDefault(id, List.of());
            leaves.add(new Leaves(
                    id, unordered.stream().sorted(LeafOrder.WINNER_FIRST).toList()));
        }
        return leaves;
    }

    Map<String, Missing> missing(Map<String, ? extends Collection<String>> revs)
            throws EndpointException, InterruptedException {
        if (revs.isEmpty()) {
            return Map.of();
        }
        String action = "ask for missing revisions of " + revs.size() + " documents";
        try (CouchAnswer answer = http.send(Ask.post(new CouchPath("_revs_diff"), revs, action))) {
            Map<String, Missing> missing = new LinkedHashMap<>();
            for (Map.Entry<String, @Nullable Object> entry :
                    answer.required().object().entrySet()) {
                Map<String, @Nullable Object> gaps = answer.object(entry.getValue());
                missing.put(
                        entry.getKey(), new Missing(texts(gaps.get("missing")), texts(gaps.get("possible_ancestors"))));
            }
            return missing;
        }
    }

    static List<Map<String, @Nullable Object>> rows(CouchAnswer answer) throws EndpointException, InterruptedException {
        return answer.objects(answer.required().object().get("rows"));
    }

    private static Standing standing(CouchAnswer answer, Map<String, @Nullable Object> row) throws EndpointException {
        String id = text(row.get("key")).orElseThrow(() -> answer.strange("a row without a key"));
        if (row.get("value") instanceof Map<?, ?> value) {
            return new Standing(id, text(value.get("rev")), Boolean.TRUE.equals(value.get("deleted")));
        }
        String error = text(row.get("error")).orElse("");
        if (!error.equals("not_found")) {
            throw answer.strange("row for '" + id + "' with error '" + error + "'");
        }
        return new Standing(id, Optional.empty(), false);
    }

    static Optional<String> text(@Nullable Object value) {
        return value instanceof String text ? Optional.of(text) : Optional.empty();
    }

    static Optional<Long> number(@Nullable Object value) {
        return value instanceof Number number ? Optional.of(number.longValue()) : Optional.empty();
    }

    private static List<String> texts(@Nullable Object value) {
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }
}
