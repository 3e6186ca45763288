package org.cchq.migrate.hq;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointPatience;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.store.row.PostgresDatabase;

/**
 * HQ's note that a migration has finished: {@code blobs_blobmigrationstate} in the default database. To be written only
 * when everything that was enumerated is accounted for. Thread-safe.
 */
public final class BlobMigrationState {
    /** What the column holds. */
    public static final int LONGEST_SLUG = 20;

    private final PostgresDatabase database;

    public BlobMigrationState(PostgresDatabase defaultDatabase) {
        this.database = defaultDatabase;
    }

    /** Refuses a slug that the column cannot hold. */
    public static void check(String slug) throws UserException {
        if (slug.codePointCount(0, slug.length()) > LONGEST_SLUG) {
            throw new UserException("the completion of '" + slug + "' cannot be recorded: it has "
                    + slug.codePointCount(0, slug.length()) + " characters and blobs_blobmigrationstate.slug holds "
                    + LONGEST_SLUG);
        }
    }

    /** Notes that the migration is complete now. Idempotent: a row that is there gets the new time. */
    public void record(String slug) throws EndpointException, InterruptedException, UserException {
        check(slug);
        // The last request of a run of days: a short outage must not cost another pass.
        new EndpointPatience(Sleeper.SYSTEM)
                .ask(() -> database.update(
                        "INSERT INTO blobs_blobmigrationstate (slug, \"timestamp\") VALUES (?, now())"
                                + " ON CONFLICT (slug) DO UPDATE SET \"timestamp\" = EXCLUDED.\"timestamp\"",
                        List.of(slug)));
    }

    /** When the migration was last noted as complete; empty if never. */
    public Optional<Instant> recorded(String slug) throws EndpointException, InterruptedException {
        return database.queryOne(
                "SELECT \"timestamp\" FROM blobs_blobmigrationstate WHERE slug = ?",
                List.of(slug),
                row -> row.getObject(1, OffsetDateTime.class).toInstant());
    }
}
