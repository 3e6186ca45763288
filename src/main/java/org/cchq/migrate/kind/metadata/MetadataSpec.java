package org.cchq.migrate.kind.metadata;

import java.nio.file.Path;
import java.util.List;

/**
 * What a run of the migration is asked to do, in types.
 *
 * @param command the command line, for the events
 * @param directory where logs, summary and ledgers are
 * @param reset forget the state of earlier runs in the directory
 * @param chunkSize documents a page, 1 to 100,000; more than {@value #MOST_PAGE} are read in several pages
 * @param runBy who asked
 */
public record MetadataSpec(List<String> command, Path directory, boolean reset, int chunkSize, String runBy) {
    /** HQ's slug. */
    public static final String SLUG = "migrate_metadata";

    private static final int MOST_PAGE = 5_000;

    public MetadataSpec {
        command = List.copyOf(command);
    }

    int pageSize() {
        return Math.min(chunkSize, MOST_PAGE);
    }
}
