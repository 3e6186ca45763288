package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Deletions by the site that happen at the very moment at which a copier reads the blob, every time. */
final class PlantedRaces {
    private final Sandbox sandbox;
    private final Truth truth;
    private final Set<String> deleted = ConcurrentHashMap.newKeySet();

    private PlantedRaces(Sandbox sandbox, Truth truth) {
        this.sandbox = sandbox;
        this.truth = truth;
    }

    /** From now on they happen. */
    static PlantedRaces arm(Sandbox sandbox, Truth truth) {
        PlantedRaces races = new PlantedRaces(sandbox, truth);
        for (Planted problem : truth.planted()) {
            StoredAs blob = problem.blob();
            if (problem.kind() == Planted.Kind.DELETED_BEFORE_READ) {
                sandbox.old().beforeNextRead(blob.key(), () -> races.delete(blob));
            }
            if (problem.kind() == Planted.Kind.DELETED_AFTER_READ) {
                sandbox.old().afterNextRead(blob.key(), () -> races.delete(blob));
            }
        }
        return races;
    }

    /** As MigratingBlobDB does it: new, its row, old, the row again. */
    private void delete(StoredAs blob) throws IOException, InterruptedException, SQLException {
        try (Connection connection = sandbox.databases().connectFor(blob.parentId())) {
            sandbox.target().client().delete(blob.key());
            BlobRows.delete(connection, blob.key());
            sandbox.old().client().delete(blob.key());
            BlobRows.delete(connection, blob.key());
        }
        truth.remove(blob, Instant.now());
        deleted.add(blob.key());
    }

    /** Keys that were deleted. */
    Set<String> deleted() {
        return Set.copyOf(deleted);
    }
}
