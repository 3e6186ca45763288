package org.cchq.migrate.store.document;

import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.jspecify.annotations.Nullable;

/**
 * All leaves on servers whose {@code _bulk_get} knows the live winner only (pouchdb-server): with one request for the
 * documents that have one live leaf, else one document at a time, some requests beside each other.
 */
final class OpenLeaves {
    private static final int BESIDE = 8;

    private final CouchHttp http;
    private final BranchedIds branchedIds;
    private final BulkLeaves bulk;

    OpenLeaves(CouchHttp http, BranchedIds branchedIds) {
        this.http = http;
        this.branchedIds = branchedIds;
        this.bulk = new BulkLeaves(http);
    }

    private record Begun(String id, Ask ask, CompletableFuture<HttpResponse<InputStream>> request) {}

    /** Leaves by id, in no order; none for an unknown id. */
    Map<String, List<Document>> read(List<String> ids) throws EndpointException, InterruptedException {
        Set<String> oneByOne = branchedIds.among(ids);
        List<String> together =
                ids.stream().distinct().filter(id -> !oneByOne.contains(id)).toList();
        Map<String, List<Document>> found = new LinkedHashMap<>();
        if (!together.isEmpty()) {
            found.putAll(bulk.read(together));
            // Unknown, or deleted.
            together.stream()
                    .filter(id -> found.getOrDefault(id, List.of()).isEmpty())
                    .forEach(oneByOne::add);
        }
        found.putAll(readOneByOne(oneByOne));
        return found;
    }

    private Map<String, List<Document>> readOneByOne(Set<String> ids) throws EndpointException, InterruptedException {
        Map<String, List<Document>> found = new LinkedHashMap<>();
        Deque<Begun> begun = new ArrayDeque<>();
        try {
            for (String id : ids) {
                if (begun.size() == BESIDE) {
                    Begun first = begun.remove();
                    found.put(first.id(), leaves(first));
                }
                begun.add(begin(id));
            }
            while (!begun.isEmpty()) {
                Begun first = begun.remove();
                found.put(first.id(), leaves(first));
            }
            return found;
        } finally {
            begun.forEach(left -> left.request().cancel(true));
        }
    }

    private Begun begin(String id) throws EndpointException {
        CouchPath path = CouchPath.document(id).with("open_revs", "all").with("revs", "true");
        Ask ask = Ask.get(path, "read all revisions of document '" + id + "'");
        return new Begun(id, ask, http.begin(ask));
    }

    private List<Document> leaves(Begun begun) throws EndpointException, InterruptedException {
        try (CouchAnswer answer = http.await(begun.ask(), begun.request())) {
            if (answer.missing()) {
                return List.of();
            }
            List<Document> leaves = new ArrayList<>();
            for (Map<String, @Nullable Object> leaf : answer.objects()) {
                if (leaf.get("ok") != null) {
                    leaves.add(new Document(answer.object(leaf.get("ok"))));
                }
            }
            return leaves;
        }
    }
}
