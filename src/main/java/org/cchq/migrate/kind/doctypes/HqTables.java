package org.cchq.migrate.kind.doctypes;

import java.util.List;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointPatience;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.store.document.DocumentDatabase.Sequence;
import org.cchq.migrate.store.row.PostgresDatabase;
import org.jspecify.annotations.Nullable;

/**
 * HQ's own notes on a migration, in the default database: {@code doctypemigrations_doctypemigration} with the sequence from
 * before the first copy, and {@code ...checkpoint} with the newest one. A deploy of HQ is let through by a checkpoint, so
 * both are kept as HQ keeps them. HQ adds a row for each checkpoint and removes none; this renews the newest one.
 * Thread-safe.
 */
public final class HqTables {
    /** What the column {@code slug} holds. */
    public static final int LONGEST_SLUG = 20;

    private static final String MIGRATION = "doctypemigrations_doctypemigration";
    private static final String CHECKPOINT = "doctypemigrations_doctypemigrationcheckpoint";

    private final PostgresDatabase database;
    private final boolean notesCleanup;
    private final EndpointPatience patience = new EndpointPatience(Sleeper.SYSTEM);

    /**
     * What HQ knows of a migration.
     *
     * @param originalSequence of the source before its first copy; empty if none was made
     * @param lastSequence up to which changes were copied; empty before the first phase is complete
     */
    public record Known(
            Optional<Sequence> originalSequence, Optional<Sequence> lastSequence, boolean cleanupComplete) {}

    private HqTables(PostgresDatabase database, boolean notesCleanup) {
        this.database = database;
        this.notesCleanup = notesCleanup;
    }

    /**
     * @param database the default one
     * @return empty if this HQ has no such tables (any more)
     */
    public static Optional<HqTables> open(PostgresDatabase database) throws EndpointException, InterruptedException {
        List<String> columns = new EndpointPatience(Sleeper.SYSTEM)
                .ask(() -> database.query(
                        "SELECT table_name || '.' || column_name FROM information_schema.columns"
                                + " WHERE table_name IN (?, ?) AND table_schema = ANY (current_schemas(false))",
                        List.of(MIGRATION, CHECKPOINT),
                        row -> row.getString(1)));
        boolean there = columns.containsAll(List.of(
                MIGRATION + ".slug", MIGRATION + ".original_seq", CHECKPOINT + ".seq", CHECKPOINT + ".migration_id"));
        return there
                ? Optional.of(new HqTables(database, columns.contains(MIGRATION + ".cleanup_complete")))
                : Optional.empty();
    }

    /** Whether the slug fits the column. */
    public static boolean holds(String slug) {
        return slug.codePointCount(0, slug.length()) <= LONGEST_SLUG;
    }

    /** Empty if HQ never heard of the migration. */
    public Optional<Known> known(String slug) throws EndpointException, InterruptedException {
        String cleanup = notesCleanup ? "m.cleanup_complete" : "false";
        return patience.ask(() -> database.queryOne(
                "SELECT m.original_seq, " + cleanup + ", (SELECT c.seq FROM " + CHECKPOINT
                        + " c WHERE c.migration_id = m.id ORDER BY c.\"timestamp\" DESC, c.id DESC LIMIT 1) FROM "
                        + MIGRATION + " m WHERE m.slug = ?",
                List.of(slug),
                row -> new Known(sequence(row.getString(1)), sequence(row.getString(3)), row.getBoolean(2))));
    }

    /** The first phase begins. */
    public void begun(String slug, Sequence original) throws EndpointException, InterruptedException {
        migration(slug);
        patience.ask(() -> database.update(
                "UPDATE " + MIGRATION + " SET original_seq = ? WHERE slug = ?", List.of(original.text(), slug)));
    }

    /** All changes up to here are in the target. */
    public void checkpoint(String slug, Sequence sequence) throws EndpointException, InterruptedException {
        int renewed = patience.ask(() -> database.update(
                "UPDATE " + CHECKPOINT + " SET seq = ?, \"timestamp\" = now() WHERE id = (SELECT c.id FROM "
                        + CHECKPOINT + " c JOIN " + MIGRATION + " m ON c.migration_id = m.id WHERE m.slug = ?"
                        + " ORDER BY c.\"timestamp\" DESC, c.id DESC LIMIT 1)",
                List.of(sequence.text(), slug)));
        if (renewed == 0) {
            migration(slug);
            patience.ask(() -> database.update(
                    "INSERT INTO " + CHECKPOINT + " (migration_id, seq, \"timestamp\")" + " SELECT id, ?, now() FROM "
                            + MIGRATION + " WHERE slug = ?",
                    List.of(sequence.text(), slug)));
        }
    }

    /** From now on HQ's own {@code --continuous} is refused. */
    public void cleanedUp(String slug) throws EndpointException, InterruptedException {
        if (notesCleanup) {
            migration(slug);
            patience.ask(() -> database.update(
                    "UPDATE " + MIGRATION + " SET cleanup_complete = true WHERE slug = ?", List.of(slug)));
        }
    }

    private void migration(String slug) throws EndpointException, InterruptedException {
        String columns = notesCleanup ? "slug, original_seq, cleanup_complete" : "slug, original_seq";
        String values = notesCleanup ? "?, '', false" : "?, ''";
        patience.ask(() -> database.update(
                "INSERT INTO " + MIGRATION + " (" + columns + ") SELECT " + values + " WHERE NOT EXISTS (SELECT 1 FROM "
                        + MIGRATION + " WHERE slug = ?)",
                List.of(slug, slug)));
    }

    /** HQ stores a sequence without its quotation marks; numbers (CouchDB 1) and lists have none. */
    private static Optional<Sequence> sequence(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return Optional.empty();
        }
        boolean bare = text.matches("[0-9]+") || text.startsWith("[");
        return Optional.of(new Sequence(bare ? text : Json.write(text)));
    }
}
