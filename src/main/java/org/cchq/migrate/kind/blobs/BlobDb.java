package org.cchq.migrate.kind.blobs;

import java.nio.file.Path;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.store.blob.S3Settings;

/** Which blob database HQ's settings select. {@code toString} names it for a person, without credentials. */
public sealed interface BlobDb {
    /** Blobs as files below a directory, named by their keys. */
    record FileSystem(Path directory) implements BlobDb {
        @Override
        public String toString() {
            return "FilesystemBlobDB " + directory;
        }
    }

    /** Blobs in one bucket. */
    record S3(S3Settings settings) implements BlobDb {
        @Override
        public String toString() {
            return "S3BlobDB " + settings.url().orElse("(Amazon)") + " bucket " + settings.bucket();
        }
    }

    /**
     * Two stores while a migration goes on: writes go to the target, reads to the target and, only for what is not found
     * there, to the source.
     *
     * @param source HQ's old database: S3 or the file system
     */
    record Migrating(S3 target, BlobDb source) implements BlobDb {
        public Migrating {
            if (source instanceof Migrating) {
                throw new IllegalArgumentException("a migrating database has plain ends");
            }
        }

        @Override
        public String toString() {
            return "MigratingBlobDB new: " + target + ", old: " + source;
        }
    }

    /** This database as the two ends of a migration; HQ's message if it is none. */
    default Migrating requireMigrating() throws UserException {
        if (this instanceof Migrating migrating) {
            return migrating;
        }
        throw new UserException("Expected to find migrating blob db backend (got <" + this + ">)\n"
                + "Set BLOB_DB_MIGRATING_FROM_S3_TO_S3 (with S3_BLOB_DB_SETTINGS and OLD_S3_BLOB_DB_SETTINGS)"
                + " or BLOB_DB_MIGRATING_FROM_FS_TO_S3 to true.");
    }
}
