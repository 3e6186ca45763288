package org.cchq.migrate.kind.doctypes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.jspecify.annotations.Nullable;

/**
 * One function of a design document.
 *
 * @param design the document's name without {@code _design/}
 * @param name of the view, filter...; "" for a validation, of which there is one
 * @param language what it is written in; CouchDB's default is {@code javascript}
 */
record DesignFunction(String design, Kind kind, String name, String language, String text) {
    /** What it is for. */
    enum Kind {
        VIEW("view"),
        REDUCE("reduce"),
        /** An index of {@code _find}: fields, no program. */
        INDEX("index"),
        /** A module that others {@code require}. */
        LIBRARY("library"),
        FILTER("filter"),
        SHOW("show"),
        LIST("list"),
        UPDATE("update"),
        VALIDATION("validation");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** As it is shown. */
        String word() {
            return word;
        }
    }

    static final String PREFIX = "_design/";
    private static final SortedMap<String, Kind> SECTIONS = new TreeMap<>(
            Map.of("filters", Kind.FILTER, "shows", Kind.SHOW, "lists", Kind.LIST, "updates", Kind.UPDATE));

    String place() {
        return kind.word() + (name.isEmpty() ? "" : " " + name);
    }

    static String nameOf(Document design) {
        return design.id().substring(PREFIX.length());
    }

    /** Names of the views that can be asked for rows, in the document's order; indexes of {@code _find} cannot. */
    static List<String> views(Document design) {
        List<String> views = new ArrayList<>();
        if ("query".equals(design.fields().get("language"))) {
            return views;
        }
        section(design, "views").forEach((name, view) -> {
            if (view instanceof Map<?, ?> functions && functions.get("map") != null) {
                views.add(name);
            }
        });
        return views;
    }

    /** Every function of a design document. */
    static List<DesignFunction> of(Document design) {
        List<DesignFunction> found = new ArrayList<>();
        String name = nameOf(design);
        String language = design.fields().get("language") instanceof String given ? given : "javascript";
        section(design, "views").forEach((view, functions) -> {
            if (view.equals("lib")) {
                library(name, "views/lib", functions, language, found);
            } else if (functions instanceof Map<?, ?> parts) {
                if (parts.get("map") instanceof String map) {
                    found.add(new DesignFunction(name, Kind.VIEW, view, language, map));
                } else if (parts.get("map") != null) {
                    found.add(new DesignFunction(name, Kind.INDEX, view, language, Json.write(parts)));
                }
                if (parts.get("reduce") instanceof String reduce) {
                    found.add(new DesignFunction(name, Kind.REDUCE, view, language, reduce));
                }
            }
        });
        SECTIONS.forEach((key, kind) -> section(design, key).forEach((function, text) -> {
            if (text instanceof String program) {
                found.add(new DesignFunction(name, kind, function, language, program));
            }
        }));
        if (design.fields().get("validate_doc_update") instanceof String validation) {
            found.add(new DesignFunction(name, Kind.VALIDATION, "", language, validation));
        }
        library(name, "lib", design.fields().get("lib"), language, found);
        return found;
    }

    private static void library(
            String design, String path, @Nullable Object part, String language, List<DesignFunction> found) {
        if (part instanceof String module) {
            found.add(new DesignFunction(design, Kind.LIBRARY, path, language, module));
        } else if (part instanceof Map<?, ?> modules) {
            modules.forEach((name, inner) -> library(design, path + "/" + name, inner, language, found));
        }
    }

    private static Map<String, @Nullable Object> section(Document design, String key) {
        if (!(design.fields().get(key) instanceof Map<?, ?> map)) {
            return Map.of();
        }
        @SuppressWarnings("unchecked")
        Map<String, @Nullable Object> section = (Map<String, @Nullable Object>) map;
        return section;
    }
}
