package org.cchq.migrate.kind.doctypes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.store.document.DocumentDatabase;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.store.document.DocumentDatabase.ViewPage;
import org.cchq.migrate.store.document.DocumentDatabase.ViewRow;
import org.jspecify.annotations.Nullable;

/**
 * HQ's view {@code all_docs/by_doc_type} of a database, with rows {@code [doc_type, _id]}. It leaves out some types (forms,
 * cases, logs), without a word: {@link #shows} tells whether it can be believed.
 */
final class TypeView {
    private static final String DESIGN = "all_docs";
    private static final String VIEW = "by_doc_type";

    private static final Pattern ROW = Pattern.compile("emit\\s*\\(\\s*\\[\\s*doc\\.doc_type\\s*,\\s*doc\\._id\\s*]");
    /** By which a map function could leave out a type that it does not name. */
    private static final Pattern BY_PATTERN = Pattern.compile(
            "match|test\\s*\\(|search|RegExp|require|startsWith|endsWith|subs|slice|includes|=~|base_doc");

    private final DocumentDatabase database;
    private final Optional<String> map;

    private TypeView(DocumentDatabase database, Optional<String> map) {
        this.database = database;
        this.map = map;
    }

    static TypeView of(DocumentDatabase database) throws EndpointException, InterruptedException {
        Optional<String> map = Optional.empty();
        for (Document design : database.designs()) {
            if (design.id().equals("_design/" + DESIGN)
                    && design.fields().get("views") instanceof Map<?, ?> views
                    && views.get(VIEW) instanceof Map<?, ?> view
                    && view.get("map") instanceof String text) {
                map = Optional.of(text);
            }
        }
        return new TypeView(database, map);
    }

    /** Whether the view is there, in the form that is known. */
    boolean present() {
        return map.filter(text -> ROW.matcher(text).find()).isPresent();
    }

    /** Whether no row of a type means that there is no document of it. */
    boolean shows(String type) {
        return present()
                && map.filter(text -> !text.contains("\"" + type + "\"")
                                && !text.contains("'" + type + "'")
                                && !BY_PATTERN.matcher(text).find())
                        .isPresent();
    }

    /** How many documents of a type the view has. */
    long count(String type) throws EndpointException, InterruptedException {
        Map<String, @Nullable Object> options = range(type);
        options.put("reduce", true);
        options.put("group_level", 1);
        Optional<ViewPage> page = database.view(DESIGN, VIEW, options);
        long count = 0;
        for (ViewRow row : page.map(ViewPage::rows).orElse(List.of())) {
            count += row.value() instanceof Number number ? number.longValue() : 0;
        }
        return count;
    }

    /**
     * Ids of a type after one of them, in the view's order. Begins at the last id itself, not behind so many rows: rows that
     * were deleted meanwhile let no other be passed over.
     *
     * @param after "" for the first page
     */
    List<String> idsAfter(String type, String after, int limit) throws EndpointException, InterruptedException {
        Map<String, @Nullable Object> options = range(type);
        if (!after.isEmpty()) {
            options.put("startkey", List.of(type, after));
        }
        options.put("reduce", false);
        options.put("limit", limit + 1);
        List<String> ids = new ArrayList<>();
        for (ViewRow row :
                database.view(DESIGN, VIEW, options).map(ViewPage::rows).orElse(List.of())) {
            if (row.id().isPresent() && !row.id().get().equals(after)) {
                ids.add(row.id().get());
            }
        }
        return ids.size() > limit ? ids.subList(0, limit) : ids;
    }

    private static Map<String, @Nullable Object> range(String type) {
        Map<String, @Nullable Object> options = new LinkedHashMap<>();
        options.put("startkey", List.of(type));
        options.put("endkey", List.of(type, Map.of()));
        return options;
    }
}
