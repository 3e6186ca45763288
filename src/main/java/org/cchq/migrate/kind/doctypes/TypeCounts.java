package org.cchq.migrate.kind.doctypes;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.store.document.DocumentDatabase;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.store.document.DocumentDatabase.Leaves;
import org.cchq.migrate.store.document.DocumentDatabase.Standing;

/**
 * How many documents of each type a database has, by the types of their winning revisions.
 *
 * @param byType every type that was asked for, in plain order of strings
 * @param oneByOne types that were counted by reading every document, because the view is not there or may leave them out
 * @param hasView whether HQ's view is there
 */
record TypeCounts(Map<String, Long> byType, Set<String> oneByOne, boolean hasView) {
    private static final int PAGE = 500;

    /** Of a database; none if the database is not there. */
    static TypeCounts of(DocumentDatabase database, Collection<String> types)
            throws EndpointException, InterruptedException {
        Map<String, Long> counts = new TreeMap<>();
        types.forEach(type -> counts.put(type, 0L));
        if (!database.exists()) {
            return new TypeCounts(counts, Set.of(), false);
        }
        TypeView view = TypeView.of(database);
        Set<String> doubtful = new TreeSet<>();
        for (String type : new TreeSet<>(types)) {
            long count = view.present() ? view.count(type) : 0;
            counts.put(type, count);
            if (count == 0 && !view.shows(type)) {
                doubtful.add(type);
            }
        }
        if (!doubtful.isEmpty()) {
            countAll(database, doubtful, counts);
        }
        return new TypeCounts(counts, doubtful, view.present());
    }

    private static void countAll(DocumentDatabase database, Set<String> types, Map<String, Long> counts)
            throws EndpointException, InterruptedException {
        String from = "";
        List<Standing> page;
        do {
            page = database.standings(from, "", PAGE);
            List<String> ids = page.stream()
                    .filter(standing -> standing.live() && !standing.id().startsWith("_design/"))
                    .map(Standing::id)
                    .toList();
            for (Leaves leaves : ids.isEmpty() ? List.<Leaves>of() : database.leaves(ids)) {
                leaves.winner()
                        .filter(winner -> !winner.deleted())
                        .flatMap(Document::docType)
                        .filter(types::contains)
                        .ifPresent(type -> counts.merge(type, 1L, Long::sum));
            }
            if (!page.isEmpty()) {
                from = page.get(page.size() - 1).id() + "\0";
            }
        } while (page.size() == PAGE);
    }
}
