package org.cchq.migrate.store.document;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.store.document.DocumentDatabase.FindPage;
import org.cchq.migrate.store.document.DocumentDatabase.ViewPage;
import org.cchq.migrate.store.document.DocumentDatabase.ViewRow;
import org.jspecify.annotations.Nullable;

/** Questions that an index answers: views and Mango selectors. */
final class CouchViews {
    /** A view may have to be built first; what is in front of the server usually ends that earlier, with 504. */
    private static final Duration BUILDING = Duration.ofMinutes(10);
    /** Parameters that are JSON in the query; all others are plain text there. */
    private static final Set<String> JSON = Set.of("key", "startkey", "start_key", "endkey", "end_key", "keys");
    /** Begins the bookmarks that are made here, for servers that make none. */
    private static final String SKIP = "skip:";

    private final CouchHttp http;

    CouchViews(CouchHttp http) {
        this.http = http;
    }

    Optional<ViewPage> view(String design, String view, Map<String, @Nullable Object> options)
            throws EndpointException, InterruptedException {
        String action = "query the view " + design + "/" + view;
        try (CouchAnswer answer =
                http.send(question(design, view, options, action).beginning(BUILDING))) {
            if (answer.missing()) {
                return Optional.empty();
            }
            Map<String, @Nullable Object> page = answer.object();
            List<ViewRow> rows = new ArrayList<>();
            for (Map<String, @Nullable Object> row : answer.objects(page.get("rows"))) {
                if (row.containsKey("error")) {
                    throw http.error(Kind.SERVER_ERROR, action, "a row is an error: " + row.get("error"), null);
                }
                rows.add(row(answer, row));
            }
            return Optional.of(new ViewPage(rows, CouchQueries.number(page.get("total_rows"))));
        }
    }

    private static Ask question(String design, String view, Map<String, @Nullable Object> options, String action) {
        CouchPath path = CouchPath.view(design, view);
        options.forEach((name, value) -> {
            if (JSON.contains(name)) {
                if (!name.equals("keys")) {
                    path.withJson(name, value);
                }
            } else if (value instanceof String text) {
                path.with(name, text);
            } else {
                path.withJson(name, value);
            }
        });
        Object keys = options.get("keys");
        return keys == null ? Ask.get(path, action) : Ask.post(path, Map.of("keys", keys), action);
    }

    private static ViewRow row(CouchAnswer answer, Map<String, @Nullable Object> row) throws EndpointException {
        Optional<Document> document =
                row.get("doc") == null ? Optional.empty() : Optional.of(new Document(answer.object(row.get("doc"))));
        return new ViewRow(row.get("key"), CouchQueries.text(row.get("id")), row.get("value"), document);
    }

    Optional<FindPage> find(Map<String, @Nullable Object> selector, List<String> fields, int limit, String bookmark)
            throws EndpointException, InterruptedException {
        Map<String, @Nullable Object> question = new LinkedHashMap<>();
        question.put("selector", selector);
        question.put("limit", limit);
        if (!fields.isEmpty()) {
            question.put("fields", fields);
        }
        long skipped = bookmark.startsWith(SKIP) ? Long.parseLong(bookmark.substring(SKIP.length())) : 0;
        if (skipped > 0) {
            question.put("skip", skipped);
        } else if (!bookmark.isEmpty()) {
            question.put("bookmark", bookmark);
        }
        String action = "find documents by a selector";
        Ask ask = Ask.post(new CouchPath("_find"), question, action).beginning(BUILDING);
        try (CouchAnswer answer = http.send(ask)) {
            if (answer.status() == 405 || answer.status() == 501 || answer.missing()) {
                return Optional.empty();
            }
            Map<String, @Nullable Object> page = answer.object();
            List<Document> documents =
                    answer.objects(page.get("docs")).stream().map(Document::new).toList();
            String next = CouchQueries.text(page.get("bookmark")).orElse(SKIP + (skipped + documents.size()));
            return Optional.of(new FindPage(documents, next));
        }
    }
}
