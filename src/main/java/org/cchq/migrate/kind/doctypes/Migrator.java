package org.cchq.migrate.kind.doctypes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.cchq.migrate.store.document.DocumentDatabase.Document;

/**
 * Which types of documents move from where to where, as {@code corehq/doctypemigrations} has it.
 *
 * @param slug its name; the same columns of HQ's tables hold it, so at most {@value #LONGEST_SLUG} characters
 * @param source a part of HQ in {@code COUCH_DATABASES}: {@code users}, {@code apps}...; "" for the main database
 * @param target likewise
 * @param namedTypes as they are listed; at least one
 * @param designs design documents that the target needs, without {@code _design/}; empty: what an {@link Audit} finds
 */
public record Migrator(String slug, String source, String target, List<String> namedTypes, List<String> designs) {
    /** What {@code doctypemigrations_doctypemigration.slug} holds. */
    public static final int LONGEST_SLUG = 20;

    /** HQ deletes a document softly by this end of its type. */
    public static final String DELETED = "-Deleted";

    /** HQ's own four, by slug: {@code corehq/doctypemigrations/migrator_instances.py}. */
    public static final Map<String, Migrator> OF_HQ = bySlug(
            new Migrator(
                    "user_db_migration",
                    "",
                    "users",
                    List.of(
                            "Group",
                            "DeleteGroupRecord",
                            "UserRole",
                            "AdminUserRole",
                            "CommCareUser",
                            "WebUser",
                            "Invitation",
                            "DomainRemovalRecord",
                            "OrgRemovalRecord")),
            new Migrator("fixtures", "", "fixtures", List.of("FixtureDataType", "FixtureDataItem", "FixtureOwnership")),
            new Migrator("domains", "", "domains", List.of("Domain")),
            new Migrator(
                    "apps",
                    "",
                    "apps",
                    List.of(
                            "Application",
                            "ApplicationBase",
                            "CareplanConfig",
                            "DeleteApplicationRecord",
                            "DeleteFormRecord",
                            "DeleteModuleRecord",
                            "RemoteApp",
                            "SavedAppBuild",
                            "VersionedDoc")));

    public Migrator {
        Objects.requireNonNull(slug);
        Objects.requireNonNull(source);
        Objects.requireNonNull(target);
        namedTypes = List.copyOf(new LinkedHashSet<>(namedTypes));
        designs = List.copyOf(new LinkedHashSet<>(designs));
        if (namedTypes.isEmpty()) {
            throw new IllegalArgumentException("a migrator needs document types");
        }
    }

    /** Without a list of design documents. */
    public Migrator(String slug, String source, String target, List<String> namedTypes) {
        this(slug, source, target, namedTypes, List.of());
    }

    /** The types that move, in HQ's order: those listed, then each of them with {@code -Deleted}. */
    public List<String> docTypes() {
        List<String> types = new ArrayList<>(namedTypes);
        namedTypes.stream()
                .map(type -> type + DELETED)
                .filter(type -> !namedTypes.contains(type))
                .forEach(types::add);
        return List.copyOf(types);
    }

    /** Whether a document moves: by the type of its winning revision. */
    public boolean moves(Document winner) {
        Optional<String> type = winner.docType();
        return type.isPresent() && moves(type.get());
    }

    public boolean moves(String type) {
        return namedTypes.contains(type)
                || (type.endsWith(DELETED) && namedTypes.contains(type.substring(0, type.length() - DELETED.length())));
    }

    private static Map<String, Migrator> bySlug(Migrator... migrators) {
        Map<String, Migrator> bySlug = new LinkedHashMap<>();
        Stream.of(migrators).forEach(migrator -> bySlug.put(migrator.slug(), migrator));
        return java.util.Collections.unmodifiableMap(bySlug);
    }
}
