package org.cchq.migrate.kind.blobs;

import java.nio.file.Path;
import java.time.Instant;
import org.cchq.migrate.base.UserException;
import org.jspecify.annotations.Nullable;

/** The one log of a command's passes, made with the first of them. Not thread-safe. */
final class RunLog implements AutoCloseable {
    private final Path directory;
    private final String slug;
    private final BackFillOutput output;
    private @Nullable MigrationLog log;

    /** @param output whose lines go to the log's summary, too */
    RunLog(Path directory, String slug, BackFillOutput output) {
        this.directory = directory;
        this.slug = slug;
        this.output = output;
    }

    /**
     * The log; made now if there is none yet.
     *
     * @throws UserException if the directory cannot be written
     */
    MigrationLog open(Instant now) throws UserException {
        MigrationLog made = log;
        if (made == null) {
            made = MigrationLog.create(directory, slug, now);
            log = made;
            output.copyLinesTo(made::summary);
        }
        return made;
    }

    @Override
    public void close() {
        MigrationLog made = log;
        if (made != null) {
            made.close();
        }
    }
}
