package org.cchq.migrate.kind.blobs;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * What one run over all rows is asked to do, in types.
 *
 * @param slug {@code migrate_backend}, {@code migrate_backend_check}, {@code verify} or {@code copy-back}
 * @param command the command line, for the events
 * @param directory where the log, the summary and the ledger are
 * @param reset forget the state of earlier runs in the directory
 * @param chunkSize rows a page, 1 to 100,000
 * @param workers blobs in flight, 1 to 1,024
 * @param dates inclusive days of created_on
 * @param settle how long after a chunk its rows are looked up again
 * @param keepOrphans list blobs whose row was deleted while they were copied, in place of removing them
 * @param partBytes part size of multipart uploads and largest body; empty: as the target takes
 * @param verify how to verify; of no meaning for other slugs
 * @param runBy who asked
 */
public record BackFillSpec(
        String slug,
        List<String> command,
        Path directory,
        boolean reset,
        int chunkSize,
        int workers,
        DateRange dates,
        Duration settle,
        Listing listing,
        boolean keepOrphans,
        OptionalLong partBytes,
        Verify verify,
        String runBy) {
    /** HQ's slug that reads the old store first. */
    public static final String MIGRATE_BACKEND = "migrate_backend";
    /** HQ's slug that asks the new store first. */
    public static final String MIGRATE_BACKEND_CHECK = "migrate_backend_check";

    /** This agent's: holds both stores against each other. */
    public static final String VERIFY = "verify";

    /** This agent's: from the new store to the old one. */
    public static final String COPY_BACK = "copy-back";

    /**
     * How to verify.
     *
     * @param reportOnly fill no gap
     * @param readAll believe no checksum
     */
    public record Verify(boolean reportOnly, boolean readAll) {
        public static final Verify USUAL = new Verify(false, false);
    }

    /** One of HQ's own, which has a row in HQ's table of migrations. */
    boolean isHqs() {
        return slug.equals(MIGRATE_BACKEND) || slug.equals(MIGRATE_BACKEND_CHECK);
    }

    /** When the target is listed before the copying begins. */
    public enum Listing {
        /** If a sample of rows shows that much is there already. */
        AUTO,
        ALWAYS,
        NEVER
    }

    public BackFillSpec {
        command = List.copyOf(command);
    }
}
