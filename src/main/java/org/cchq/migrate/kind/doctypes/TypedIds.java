package org.cchq.migrate.kind.doctypes;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointPatience;
import org.cchq.migrate.store.document.DocumentDatabase;
import org.cchq.migrate.store.document.DocumentDatabase.Standing;

/**
 * Ids of documents that may be of given types, in pieces, while they are taken away: by the view, and by every id for types
 * that the view leaves out. Each piece begins at the last id of the one before, so that what was taken away lets nothing be
 * passed over. Not thread-safe.
 */
final class TypedIds {
    private static final int PAGE = 500;

    private final DocumentDatabase database;
    private final EndpointPatience patience;
    private final TypeView view;
    private final List<String> byView = new ArrayList<>();
    private boolean byId;
    private String after = "";

    private TypedIds(DocumentDatabase database, EndpointPatience patience, TypeView view) {
        this.database = database;
        this.patience = patience;
        this.view = view;
    }

    static TypedIds of(DocumentDatabase database, Collection<String> types, EndpointPatience patience)
            throws EndpointException, InterruptedException {
        TypedIds ids = new TypedIds(database, patience, patience.ask(() -> TypeView.of(database)));
        Set<String> hidden = new LinkedHashSet<>(types);
        for (String type : types) {
            if (ids.view.shows(type)) {
                ids.byView.add(type);
                hidden.remove(type);
            }
        }
        ids.byId = !hidden.isEmpty();
        return ids;
    }

    /** The next of them; empty at the end. */
    List<String> next() throws EndpointException, InterruptedException {
        while (!byView.isEmpty()) {
            String type = byView.get(0);
            String last = after;
            List<String> ids = patience.ask(() -> view.idsAfter(type, last, PAGE));
            if (!ids.isEmpty()) {
                after = ids.get(ids.size() - 1);
                return ids;
            }
            byView.remove(0);
            after = "";
        }
        while (byId) {
            String from = after.isEmpty() ? "" : after + "\0";
            List<Standing> page = patience.ask(() -> database.standings(from, "", PAGE));
            byId = page.size() == PAGE;
            if (!page.isEmpty()) {
                after = page.get(page.size() - 1).id();
            }
            List<String> live = page.stream()
                    .filter(standing -> standing.live() && !standing.id().startsWith("_design/"))
                    .map(Standing::id)
                    .toList();
            if (!live.isEmpty()) {
                return live;
            }
        }
        return List.of();
    }
}
