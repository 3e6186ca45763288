package org.cchq.migrate.kind.doctypes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.store.document.DocumentDatabase;
import org.cchq.migrate.store.document.DocumentDatabase.ViewPage;
import org.cchq.migrate.store.document.DocumentDatabase.ViewRow;
import org.jspecify.annotations.Nullable;

/**
 * How all documents of the types are found in a database. HQ's view {@code all_docs/by_doc_type} leaves out a dozen types
 * (cases, forms and others) that its map function names; for these, and where there is no such view, all ids are read.
 *
 * @param pages to be read one after the other
 * @param total about how many documents that makes; empty if it cannot be told
 */
record Enumeration(List<IdPages> pages, OptionalLong total, Optional<String> note) {
    private static final int PAGE = 4_000;

    static Enumeration of(DocumentDatabase database, Migrator migrator, Calls calls)
            throws EndpointException, InterruptedException, StoppedException {
        Optional<String> map = mapFunction(database, calls);
        if (map.isEmpty()) {
            return new Enumeration(
                    List.of(new RangePages(database, calls, migrator.docTypes(), PAGE)),
                    OptionalLong.of(calls.ask(database::info).documents()),
                    Optional.of(database.endpoint() + " has no view " + ViewPages.DESIGN + "/" + ViewPages.VIEW
                            + "; all its documents are looked at"));
        }
        List<IdPages> pages = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        long total = 0;
        for (String type : migrator.docTypes()) {
            String named = type.endsWith(Migrator.DELETED)
                    ? type.substring(0, type.length() - Migrator.DELETED.length())
                    : type;
            if (names(map.get(), named)) {
                leftOut.add(type);
            } else {
                pages.add(new ViewPages(database, calls, type, PAGE));
                total += count(database, type, calls);
            }
        }
        if (leftOut.isEmpty()) {
            return new Enumeration(pages, OptionalLong.of(total), Optional.empty());
        }
        pages.add(new RangePages(database, calls, leftOut, PAGE));
        return new Enumeration(
                pages,
                OptionalLong.empty(),
                Optional.of("the view " + ViewPages.DESIGN + "/" + ViewPages.VIEW + " of " + database.endpoint()
                        + " may leave out " + String.join(", ", leftOut)
                        + ", which its map function names; all documents are looked at for these"));
    }

    private static boolean names(String map, String type) {
        return List.of("'", "\"").stream()
                .anyMatch(quote ->
                        map.contains(quote + type + quote) || map.contains(quote + type + Migrator.DELETED + quote));
    }

    private static Optional<String> mapFunction(DocumentDatabase database, Calls calls)
            throws EndpointException, InterruptedException, StoppedException {
        Optional<Map<String, @Nullable Object>> design = calls.ask(() -> database.get("_design/" + ViewPages.DESIGN));
        if (design.isPresent()
                && design.get().get("views") instanceof Map<?, ?> views
                && views.get(ViewPages.VIEW) instanceof Map<?, ?> view
                && view.get("map") instanceof String map) {
            Optional<ViewPage> first = calls.ask(
                    () -> database.view(ViewPages.DESIGN, ViewPages.VIEW, Map.of("reduce", false, "limit", 1)));
            // An older form of the view has the bare type as its key: no place to go on from.
            boolean pairs = first.isPresent()
                    && first.get().rows().stream().allMatch(row -> row.key() instanceof List<?> key && key.size() == 2);
            return pairs ? Optional.of(map) : Optional.empty();
        }
        return Optional.empty();
    }

    private static long count(DocumentDatabase database, String type, Calls calls)
            throws EndpointException, InterruptedException, StoppedException {
        Map<String, @Nullable Object> options = new LinkedHashMap<>();
        options.put("startkey", List.of(type));
        options.put("endkey", List.of(type, Map.of()));
        options.put("reduce", true);
        options.put("group_level", 1);
        try {
            for (ViewRow row : calls.ask(() -> database.view(ViewPages.DESIGN, ViewPages.VIEW, options))
                    .map(ViewPage::rows)
                    .orElse(List.of())) {
                if (row.value() instanceof Number number) {
                    return number.longValue();
                }
            }
        } catch (EndpointException e) {
            if (e.retryable()) {
                throw e;
            }
            // A view without a reduce function: no total, that is all.
            return 0;
        }
        return 0;
    }
}
