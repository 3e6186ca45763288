package org.cchq.migrate.kind.doctypes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.store.document.DocumentDatabase;
import org.cchq.migrate.store.document.DocumentDatabase.ViewPage;
import org.cchq.migrate.store.document.DocumentDatabase.ViewRow;
import org.jspecify.annotations.Nullable;

/**
 * The documents of one type, by HQ's view {@code all_docs/by_doc_type} with keys {@code [doc_type, _id]}. A page begins at
 * the last id of the one before, which is left out if it comes again: with {@code skip=1}, as HQ has it, the next document
 * would be passed over when that one has been deleted meanwhile.
 */
final class ViewPages implements IdPages {
    static final String DESIGN = "all_docs";
    static final String VIEW = "by_doc_type";

    private final DocumentDatabase database;
    private final Calls calls;
    private final String type;
    private final int limit;

    /** @param limit rows of a page, 2 or more */
    ViewPages(DocumentDatabase database, Calls calls, String type, int limit) {
        this.database = database;
        this.calls = calls;
        this.type = type;
        this.limit = limit;
    }

    @Override
    public String name() {
        return "type " + type;
    }

    @Override
    public Page after(String after) throws EndpointException, UserException, InterruptedException, StoppedException {
        Map<String, @Nullable Object> options = new LinkedHashMap<>();
        options.put("startkey", after.isEmpty() ? List.of(type) : List.of(type, after));
        options.put("endkey", List.of(type, Map.of()));
        options.put("reduce", false);
        options.put("limit", limit);
        Optional<ViewPage> page = calls.ask(() -> database.view(DESIGN, VIEW, options));
        if (page.isEmpty()) {
            throw new UserException(database.endpoint() + ": the view " + DESIGN + "/" + VIEW
                    + " has gone while it was being read; start the same command again");
        }
        List<String> ids = new ArrayList<>();
        String last = after;
        for (ViewRow row : page.get().rows()) {
            String id = row.id().orElse("");
            last = id;
            if (!id.equals(after)) {
                ids.add(id);
            }
        }
        return new Page(ids, last, page.get().rows().size() < limit);
    }
}
