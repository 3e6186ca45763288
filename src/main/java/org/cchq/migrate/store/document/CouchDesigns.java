package org.cchq.migrate.store.document;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.jspecify.annotations.Nullable;

/** Design documents. */
final class CouchDesigns {
    private final CouchHttp http;
    private final CouchVersion.Known version;
    private final CouchQueries queries;

    CouchDesigns(CouchHttp http, CouchVersion.Known version, CouchQueries queries) {
        this.http = http;
        this.version = version;
        this.queries = queries;
    }

    List<Document> all() throws EndpointException, InterruptedException {
        CouchPath path = new CouchPath("_all_docs")
                .withJson("startkey", "_design/")
                .withJson("endkey", "_design0")
                .with("inclusive_end", "false")
                .with("include_docs", "true");
        try (CouchAnswer answer = http.send(Ask.get(path, "read the design documents"))) {
            List<Document> designs = new ArrayList<>();
            for (Map<String, @Nullable Object> row : CouchQueries.rows(answer)) {
                if (row.get("doc") != null) {
                    designs.add(new Document(answer.object(row.get("doc"))));
                }
            }
            return designs;
        }
    }

    /** By the server's own COPY, which keeps attachments, and with them the index that belongs to the content. */
    void copy(String from, String to) throws EndpointException, InterruptedException {
        Optional<String> over = queries.get("_design/" + to).flatMap(there -> CouchQueries.text(there.get("_rev")));
        String destination = CouchPath.document("_design/" + to)
                + over.map(rev -> "?rev=" + rev).orElse("");
        // pouchdb-server knows COPY for one part of a path only.
        CouchPath path = version.get().apache()
                ? CouchPath.document("_design/" + from)
                : new CouchPath(CouchPath.encode("_design/" + from));
        String action = "copy the design document '" + from + "' to '" + to + "'";
        try (CouchAnswer answer = http.send(Ask.of("COPY", path, action).header("Destination", destination))) {
            answer.required();
        }
    }
}
