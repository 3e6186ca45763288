package org.cchq.migrate.kind.metadata;

import java.util.List;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.hq.BlobMigrationState;
import org.cchq.migrate.store.row.PostgresDatabase;

/**
 * HQ's note that the migration is complete, and beside it, in {@value #TABLE} of the default database, whether it was this
 * migration that made it first: the way back takes only that one away.
 */
final class Completion {
    /** The record of notes made. */
    static final String TABLE = "cchq_migrate_completion";

    private final PostgresDatabase main;
    private final BlobMigrationState state;

    Completion(PostgresDatabase main) {
        this.main = main;
        this.state = new BlobMigrationState(main);
    }

    /** Idempotent. */
    void record() throws EndpointException, UserException, InterruptedException {
        if (state.recorded(MetadataSpec.SLUG).isEmpty()) {
            main.update(
                    "CREATE TABLE IF NOT EXISTS " + TABLE
                            + " (slug varchar(20) PRIMARY KEY, recorded timestamptz NOT NULL)",
                    List.of());
            main.update(
                    "INSERT INTO " + TABLE + " (slug, recorded) VALUES (?, now()) ON CONFLICT (slug) DO NOTHING",
                    List.of(MetadataSpec.SLUG));
        }
        state.record(MetadataSpec.SLUG);
    }

    /** Takes the note away if it is this migration's own; whether it was. */
    boolean takeBack() throws EndpointException, InterruptedException {
        if (!MetadataShard.exists(main, TABLE)) {
            return false;
        }
        int mine = main.update(
                "DELETE FROM blobs_blobmigrationstate WHERE slug = ? AND slug IN (SELECT slug FROM " + TABLE + ")",
                List.of(MetadataSpec.SLUG));
        main.update("DROP TABLE " + TABLE, List.of());
        return mine > 0;
    }

    BlobMigrationState state() {
        return state;
    }
}
