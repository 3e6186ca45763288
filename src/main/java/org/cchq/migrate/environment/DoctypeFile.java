package org.cchq.migrate.environment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.cchq.migrate.base.Problems;
import org.jspecify.annotations.Nullable;

/**
 * doctypes.yml: which document types move from one CouchDB database to another.
 *
 * <pre>
 * user_db_migration:
 *   source: default       # an alias of couch_dbs; left out: default, the main database
 *   target: users         # one that couch_dbs does not list is MAIN__users on the main server, as in HQ
 *   doc_types: [Group, CommCareUser]
 *   design_docs: [users]  # left out: what the agent finds that they need
 * </pre>
 *
 * Values are taken as they stand: there are no expressions in this file. Without the file, or with an empty one, the agent
 * knows HQ's four migrations.
 */
final class DoctypeFile {
    static final String NAME = "doctypes.yml";

    /** Slugs of the migrations that HQ has itself; the agent knows what they move. */
    static final List<String> HQS = List.of("apps", "domains", "fixtures", "user_db_migration");

    private static final String MAIN = "default";
    private static final List<String> KEYS = List.of("source", "target", "doc_types", "design_docs");
    /** As long as HQ's column for it. */
    private static final String SLUG = "[A-Za-z][A-Za-z0-9_-]{0,19}";

    private static final String ALIAS = "[a-z][a-z0-9_-]*";
    private static final String TYPE = "[A-Za-z_][A-Za-z0-9_.-]*";
    private static final String DELETED = "-Deleted";

    /**
     * One migration.
     *
     * @param source alias; {@code default} is the main database
     * @param designs names without {@code _design/}; empty if the file does not say
     */
    record Entry(String slug, String place, String source, String target, List<String> types, List<String> designs) {
        Entry {
            types = List.copyOf(types);
            designs = List.copyOf(designs);
        }
    }

    private final Problems problems;

    private DoctypeFile(Problems problems) {
        this.problems = problems;
    }

    /** The migrations of the file, in its order; none if there is no file. */
    static List<Entry> read(EnvironmentFiles files, Problems problems) {
        return files.texts()
                .text(NAME, problems)
                .map(text -> YamlFile.read(text, files.shown() + "/" + NAME, problems))
                .map(file -> new DoctypeFile(problems).entries(file))
                .orElse(List.of());
    }

    /**
     * DOCTYPE_MIGRATIONS of the agent's settings: {@code {slug: {source, target, doc_types}}}, "" for the main database.
     *
     * @param couch COUCH_DATABASES
     */
    static Map<String, @Nullable Object> settings(List<Entry> entries, Map<?, ?> couch, Problems problems) {
        Map<String, @Nullable Object> settings = new LinkedHashMap<>();
        for (Entry entry : entries) {
            if (couch.isEmpty()) {
                problems.add(
                        entry.place(),
                        "'" + entry.slug() + "' moves documents of CouchDB, and public.yml has no 'couch_dbs'");
            }
            if (same(couch.get(entry.source()), couch.get(entry.target()))) {
                problems.add(
                        entry.place(),
                        "'" + entry.slug() + "': '" + entry.source() + "' and '" + entry.target()
                                + "' of couch_dbs are the same database; name another target");
            }
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("source", alias(entry.source()));
            fields.put("target", alias(entry.target()));
            fields.put("doc_types", entry.types());
            if (!entry.designs().isEmpty()) {
                fields.put("design_docs", entry.designs());
            }
            settings.put(entry.slug(), fields);
        }
        return settings;
    }

    private static boolean same(@Nullable Object source, @Nullable Object target) {
        return source instanceof Map<?, ?> one
                && target instanceof Map<?, ?> other
                && Objects.equals(one.get("COUCH_SERVER_ROOT"), other.get("COUCH_SERVER_ROOT"))
                && Objects.equals(one.get("COUCH_DATABASE_NAME"), other.get("COUCH_DATABASE_NAME"));
    }

    private static String alias(String name) {
        return name.equals(MAIN) ? "" : name;
    }

    private List<Entry> entries(YamlMap file) {
        List<Entry> entries = new ArrayList<>();
        for (String slug : file.keys()) {
            if (!slug.matches(SLUG)) {
                problems.add(
                        file.placeOf(slug),
                        "'" + slug + "': a migration's name is a letter, then letters, digits, _ and -; at most 20");
            }
            if (file.get(slug).orElseThrow() instanceof YamlMap entry) {
                entries.add(entry(slug, entry));
            } else {
                problems.add(
                        file.placeOf(slug),
                        "'" + slug + "' must be a mapping with target and doc_types, and source if that is not the main"
                                + " database");
            }
        }
        overlaps(entries);
        return entries;
    }

    private Entry entry(String slug, YamlMap entry) {
        entry.refuseUnknownKeys(KEYS, "'" + slug + "' of " + NAME, problems);
        String source = alias(entry, slug, "source", MAIN);
        String target = alias(entry, slug, "target", "");
        if (!entry.has("target")) {
            problems.add(entry.place(), "'" + slug + "' needs 'target', the database to move to; like users");
        } else if (source.equals(target)) {
            problems.add(
                    entry.placeOf("target"),
                    "'" + slug + "': source and target are both '" + source + "'; name another target");
        }
        Set<String> types = names(entry, slug, "doc_types", TYPE);
        for (String type : types) {
            if (type.endsWith(DELETED)) {
                problems.add(
                        entry.placeOf("doc_types"),
                        "'" + slug + "': '" + type + "' is added by itself; write '"
                                + type.substring(0, type.length() - DELETED.length()) + "' only");
            }
        }
        if (!entry.has("doc_types") || entry.get("doc_types").orElseThrow().isNull()) {
            problems.add(entry.placeOf("doc_types"), "'" + slug + "' needs 'doc_types', a list with at least one type");
        }
        return new Entry(
                slug,
                entry.place(),
                source,
                target,
                List.copyOf(types),
                List.copyOf(names(entry, slug, "design_docs", "[^/{}]+")));
    }

    private String alias(YamlMap entry, String slug, String key, String unset) {
        YamlValue value = entry.get(key).orElse(null);
        if (value == null || value.isNull()) {
            return unset;
        }
        if (value instanceof YamlValue.Scalar scalar
                && scalar.value() instanceof String text
                && (text.isEmpty() || text.matches(ALIAS))) {
            return text.isEmpty() ? MAIN : text;
        }
        problems.add(
                value.place(),
                "'" + slug + "." + key + "' must name a database as couch_dbs does: default, users, apps...");
        return unset;
    }

    private Set<String> names(YamlMap entry, String slug, String key, String form) {
        Set<String> names = new LinkedHashSet<>();
        YamlValue value = entry.get(key).orElse(null);
        if (value == null || value.isNull()) {
            return names;
        }
        if (!(value instanceof YamlValue.Sequence list) || list.items().isEmpty()) {
            problems.add(value.place(), "'" + slug + "." + key + "' must be a list with at least one name");
            return names;
        }
        for (YamlValue item : list.items()) {
            if (!(item instanceof YamlValue.Scalar scalar
                    && scalar.value() instanceof String name
                    && name.matches(form))) {
                problems.add(item.place(), "'" + slug + "." + key + "': each must be a plain name");
            } else if (!names.add(name)) {
                problems.add(item.place(), "'" + slug + "." + key + "': '" + name + "' is there twice; remove one");
            }
        }
        return names;
    }

    /** Two migrations that take the same documents from the same database: each would clean up after the other. */
    private void overlaps(List<Entry> entries) {
        Map<String, Entry> owners = new LinkedHashMap<>();
        for (Entry entry : entries) {
            for (String type : entry.types()) {
                Entry first = owners.putIfAbsent(entry.source() + " " + type, entry);
                if (first != null) {
                    problems.add(
                            entry.place(),
                            "'" + entry.slug() + "': '" + type + "' leaves '" + entry.source() + "' with '"
                                    + first.slug() + "' already; a type can move to one database only");
                }
            }
        }
    }
}
