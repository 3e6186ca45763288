package org.cchq.migrate.kind.blobs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.hq.BlobMigrationState;
import org.cchq.migrate.store.blob.BlobStore;
import org.cchq.migrate.store.blob.Capabilities;
import org.cchq.migrate.store.blob.FileSystemBlobStore;
import org.cchq.migrate.store.blob.S3BlobStore;
import org.cchq.migrate.store.blob.S3Tuning;
import org.cchq.migrate.store.row.DatabaseSpec;
import org.cchq.migrate.store.row.PostgresDatabase;

/** Both stores of a migration and the rows that name their blobs, opened from HQ's settings. */
public final class Ends implements AutoCloseable {
    /** A page being read, rows being looked up again, and one to spare; for each shard. */
    private static final int ROW_CONNECTIONS = 3;

    private final BlobStore source;
    private final S3BlobStore target;
    private final BlobMetaTable rows;
    private final DatabaseSpec defaultDatabase;
    private final List<String> warnings;

    private Ends(
            BlobStore source,
            S3BlobStore target,
            BlobMetaTable rows,
            DatabaseSpec defaultDatabase,
            List<String> warnings) {
        this.defaultDatabase = defaultDatabase;
        this.source = source;
        this.target = target;
        this.rows = rows;
        this.warnings = new ArrayList<>(warnings);
    }

    /**
     * @param workers requests at once, to each store
     * @param partBytes part size of multipart uploads and largest body; empty: as the target takes
     * @throws UserException if the settings select no migrating blob db
     */
    public static Ends open(HqSettings settings, int workers, OptionalLong partBytes)
            throws UserException, EndpointException, InterruptedException {
        BlobDb.Migrating both = settings.blobDb().requireMigrating();
        S3Tuning tuning = S3Tuning.DEFAULT.withMaxConnections(workers + 8);
        if (partBytes.isPresent()) {
            tuning = tuning.withPartBytes(partBytes.getAsLong());
        }
        // Opening a store makes no connection; the rows are looked at first, so that a failure leaves nothing open.
        BlobMetaTable rows = BlobMetaTable.open(settings.databases(), ROW_CONNECTIONS);
        try {
            return new Ends(
                    open(both.source(), tuning),
                    S3BlobStore.open(both.target().settings(), tuning),
                    rows,
                    settings.databases().defaultDatabase(),
                    settings.warnings());
        } catch (UserException e) {
            rows.close();
            throw e;
        }
    }

    /** The same the other way round: the new store is the source, the old one the target. */
    static Ends openBackwards(HqSettings settings, int workers, OptionalLong partBytes)
            throws UserException, EndpointException, InterruptedException {
        BlobDb.Migrating both = settings.blobDb().requireMigrating();
        if (!(both.source() instanceof BlobDb.S3 old)) {
            throw new UserException("the old store is a directory (" + both.source()
                    + "): copying back is for two S3 stores only; copy its files with a tool of your own");
        }
        BlobDb.Migrating swapped = new BlobDb.Migrating(old, both.target());
        return open(
                new HqSettings(swapped, settings.databases(), settings.couch(), settings.warnings()),
                workers,
                partBytes);
    }

    private static BlobStore open(BlobDb end, S3Tuning tuning) throws UserException {
        if (end instanceof BlobDb.S3 s3) {
            return S3BlobStore.open(s3.settings(), tuning);
        }
        return new FileSystemBlobStore(((BlobDb.FileSystem) end).directory());
    }

    /** Finds out that both ends answer, with the credentials given, before anything is changed. */
    void probe() throws UserException, EndpointException, InterruptedException {
        source.probeSource();
        Capabilities can = target.probeTarget();
        if (!can.conditionalPut()) {
            warnings.add("the target does not honour If-None-Match: each key is looked up before it is written");
        }
        if (!can.etagIsMd5()) {
            warnings.add("the target's ETags are no MD5 checksums: what it stored is compared by length");
        }
    }

    /** Finds out that both ends can be read and listed; changes nothing. */
    void probeReading() throws EndpointException, InterruptedException {
        source.probeSource();
        target.probeSource();
    }

    /** See {@link S3BlobStore#journalUploads}. */
    void journalUploads(Path file) throws UserException, InterruptedException {
        target.journalUploads(file);
    }

    public BlobStore source() {
        return source;
    }

    public BlobStore target() {
        return target;
    }

    public BlobMetaTable rows() {
        return rows;
    }

    List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** Writes HQ's completed-state row; a sentence if that is not possible. */
    Optional<String> recordCompletion(String slug) throws EndpointException, UserException, InterruptedException {
        if (slug.length() > BlobMigrationState.LONGEST_SLUG) {
            return Optional.of("HQ's completed-state row cannot hold the slug '" + slug + "' ("
                    + BlobMigrationState.LONGEST_SLUG + " characters); none was written");
        }
        try (PostgresDatabase database = new PostgresDatabase(defaultDatabase, 1)) {
            new BlobMigrationState(database).record(slug);
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        try (source;
                target) {
            rows.close();
        }
    }
}
