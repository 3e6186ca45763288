package org.cchq.migrate.kind.doctypes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.hq.CouchDatabases;
import org.cchq.migrate.hq.CouchDatabasesReader;
import org.cchq.migrate.hq.DatabasesReader;
import org.cchq.migrate.hq.SettingsObject;
import org.cchq.migrate.hq.ShardMap;
import org.cchq.migrate.json.Json;

/**
 * What the doctype commands take from HQ's settings, one JSON object with HQ's names and shapes; names that are not used
 * are ignored. {@code DOCTYPE_MIGRATIONS} is this project's: without it there are HQ's own four migrators.
 *
 * <pre>{"COUCH_DATABASES": {...}, "DATABASES": {...},
 *  "DOCTYPE_MIGRATIONS": {"user_db_migration": {"source": null, "target": "users", "doc_types": ["Group", "WebUser"]}}}</pre>
 *
 * @param databases where HQ's tables of the migrations are; empty without {@code DATABASES}
 * @param migrators by slug, sorted
 * @param warnings settings that have no effect here, and the like
 */
public record DoctypeSettings(
        CouchDatabases couch, Optional<ShardMap> databases, Map<String, Migrator> migrators, List<String> warnings) {
    private static final String MIGRATIONS = "DOCTYPE_MIGRATIONS";
    private static final Set<String> KEYS = Set.of("source", "target", "doc_types", "design_docs");
    private static final long MOST_BYTES = 16L << 20;

    public DoctypeSettings {
        migrators = java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(migrators));
        warnings = List.copyOf(warnings);
    }

    /** Reads a file; all its problems in one exception, each with the setting's path. */
    public static DoctypeSettings read(Path file) throws UserException {
        if (!Files.isRegularFile(file)) {
            throw new UserException(file + ": no such file; --settings names a JSON file with HQ's settings");
        }
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new UserException(file + ": larger than " + (MOST_BYTES >> 20) + " MiB, not a settings file");
            }
            return of(Json.readObject(Files.readString(file), file.toString()));
        } catch (IOException e) {
            throw new UserException(file + ": cannot be read as UTF-8 text: " + e, e);
        }
    }

    /** Takes the settings out of an object; all problems in one exception, each with the setting's path. */
    public static DoctypeSettings of(Map<String, ?> object) throws UserException {
        Problems problems = new Problems();
        List<String> warnings = new ArrayList<>();
        SettingsObject settings = new SettingsObject(object, "", problems);
        CouchDatabases couch = CouchDatabasesReader.read(settings);
        if (couch.byAlias().isEmpty() && problems.isEmpty()) {
            problems.add("COUCH_DATABASES", "is missing; it says where the documents are");
        }
        Optional<ShardMap> databases = settings.objectOrNull("DATABASES").isPresent()
                ? new DatabasesReader(problems, warnings).read(settings)
                : Optional.empty();
        Map<String, Migrator> migrators = new LinkedHashMap<>();
        Optional<SettingsObject> listed = settings.objectOrNull(MIGRATIONS);
        if (listed.isPresent()) {
            for (String slug : listed.get().keys()) {
                listed.get()
                        .object(slug)
                        .flatMap(entry -> migrator(slug, entry))
                        .ifPresent(migrator -> migrators.put(slug, migrator));
            }
        } else {
            migrators.putAll(Migrator.OF_HQ);
        }
        for (Migrator migrator : migrators.values()) {
            if (couch.of(migrator.source()).equals(couch.of(migrator.target()))
                    && couch.of(migrator.source()).isPresent()) {
                problems.add(
                        MIGRATIONS + "." + migrator.slug(),
                        "source and target are the same database; a migration needs two");
            }
        }
        problems.throwIfAny();
        return new DoctypeSettings(couch, databases, migrators, warnings);
    }

    private static Optional<Migrator> migrator(String slug, SettingsObject entry) {
        entry.onlyKeys(KEYS);
        boolean good = true;
        if (!slug.matches("[A-Za-z0-9_-]{1," + Migrator.LONGEST_SLUG + "}")) {
            entry.problem(
                    "slug",
                    "'" + slug + "' must be 1 to " + Migrator.LONGEST_SLUG
                            + " letters, digits, '_' or '-': HQ's table holds no more");
            good = false;
        }
        List<String> types = new ArrayList<>();
        List<String> designs = new ArrayList<>();
        good &= names(entry, "doc_types", "types", types);
        good &= names(entry, "design_docs", "design documents, without '_design/'", designs);
        if (types.isEmpty()) {
            entry.problem("doc_types", "is missing or empty; it lists the types that move, without '-Deleted'");
            good = false;
        }
        String source = part(entry, "source");
        String target = part(entry, "target");
        return good ? Optional.of(new Migrator(slug, source, target, types, designs)) : Optional.empty();
    }

    /** Whether all of a list are names; it may be left out. */
    private static boolean names(SettingsObject entry, String key, String what, List<String> names) {
        boolean good = true;
        for (Object name : entry.list(key).orElse(List.of())) {
            if (name instanceof String text && !text.isBlank()) {
                names.add(text);
            } else {
                entry.problem(key, "must be names of " + what + ", in quotes, found " + SettingsObject.typeOf(name));
                good = false;
            }
        }
        return good;
    }

    /** A part of HQ; null, "" and the main database's own alias mean the main database. */
    private static String part(SettingsObject entry, String key) {
        String part = entry.textOrNull(key).orElse("");
        return part.equals(CouchDatabases.MAIN) ? "" : part;
    }
}
