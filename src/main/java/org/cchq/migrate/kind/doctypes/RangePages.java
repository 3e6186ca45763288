package org.cchq.migrate.kind.doctypes;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.store.document.DocumentDatabase;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.store.document.DocumentDatabase.FindPage;
import org.cchq.migrate.store.document.DocumentDatabase.Standing;
import org.jspecify.annotations.Nullable;

/**
 * All documents of a database in the order of their ids, for types that the view does not list. Where few of them are of
 * the types, the server is asked which, one page of ids at a time: that needs no index and no bookmark.
 */
final class RangePages implements IdPages {
    private static final int SAMPLE_EVERY = 20;
    private static final double MANY = 0.3;

    private final DocumentDatabase database;
    private final Calls calls;
    private final Set<String> types;
    private final int limit;
    private boolean canFind = true;
    private double share;
    private int pages;

    RangePages(DocumentDatabase database, Calls calls, List<String> types, int limit) {
        this.database = database;
        this.calls = calls;
        this.types = Set.copyOf(types);
        this.limit = limit;
    }

    @Override
    public String name() {
        return "all documents";
    }

    @Override
    public Page after(String after) throws EndpointException, InterruptedException, StoppedException {
        List<Standing> rows = calls.ask(() -> database.standings(after, "", limit));
        List<String> ids = new ArrayList<>();
        String last = after;
        for (Standing row : rows) {
            last = row.id();
            if (!row.id().equals(after) && !row.id().startsWith("_design/")) {
                ids.add(row.id());
            }
        }
        return new Page(ofTheTypes(ids), last, rows.size() < limit);
    }

    private List<String> ofTheTypes(List<String> ids) throws EndpointException, InterruptedException, StoppedException {
        boolean ask = canFind && !ids.isEmpty() && (share < MANY || pages % SAMPLE_EVERY == 0);
        pages++;
        if (!ask) {
            return ids;
        }
        Map<String, @Nullable Object> selector = new LinkedHashMap<>();
        selector.put("_id", Map.of("$gte", ids.get(0), "$lte", ids.get(ids.size() - 1)));
        selector.put("doc_type", Map.of("$in", List.copyOf(types)));
        // One more than can be there unless documents were added meanwhile, which the feed brings.
        Optional<FindPage> found = calls.ask(() -> database.find(selector, List.of("_id"), 2 * limit, ""));
        if (found.isEmpty()) {
            canFind = false;
            return ids;
        }
        Set<String> those = new HashSet<>();
        for (Document document : found.get().documents()) {
            those.add(document.id());
        }
        share = (double) those.size() / ids.size();
        return ids.stream().filter(those::contains).toList();
    }
}
