package org.cchq.migrate.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.migration.Finding;

/** Looks at a ledger, also while a run is using it; needs no lease and changes nothing. Thread-safe. */
public final class LedgerReader implements AutoCloseable {
    private final LedgerFile file;
    private final Path path;

    private LedgerReader(LedgerFile file, Path path) {
        this.file = file;
        this.path = path;
    }

    /** @throws UserException if there is no ledger, or it is damaged, foreign or newer */
    public static LedgerReader open(Path path) throws UserException, EndpointException {
        return new LedgerReader(LedgerFile.openToRead(path), path);
    }

    /**
     * Only looks whether this file is a ledger of this format.
     *
     * @throws UserException if it is not, with what to do
     */
    public static void requireLedger(Path path) throws UserException, EndpointException {
        LedgerFile.check(path);
    }

    /** The settings that the ledger belongs to. */
    public synchronized RunIdentity identity() throws EndpointException {
        return read(LedgerRows::identity);
    }

    /** All passes, the first one first. */
    public synchronized List<PassRecord> passes() throws EndpointException {
        return read(LedgerRows::passes);
    }

    public synchronized Optional<PassRecord> lastPass() throws EndpointException {
        return read(LedgerRows::lastPass);
    }

    /** The next findings of the last pass in order of partition and id, up to {@code limit}. */
    public synchronized List<Finding> findings(String afterPartition, long afterId, int limit)
            throws EndpointException {
        return read(connection -> LedgerRows.all(
                connection,
                LedgerRows::finding,
                "SELECT * FROM finding WHERE (part, id) > (?, ?) ORDER BY part, id LIMIT ?",
                afterPartition,
                afterId,
                limit));
    }

    /** Chunks that were begun and in which items are still open: what would be redone after a kill. */
    public synchronized int openChunks() throws EndpointException {
        return read(connection -> LedgerRows.first(
                        connection, row -> row.getInt(1), "SELECT count(*) FROM chunk WHERE state = 'open'")
                .orElse(0));
    }

    public synchronized Optional<String> note(String name) throws EndpointException {
        return read(connection ->
                LedgerRows.first(connection, row -> row.getString(1), "SELECT value FROM note WHERE name = ?", name));
    }

    private <R> R read(LedgerFile.Change<R> query) throws EndpointException {
        return file.transaction("read the ledger " + path.getFileName(), query);
    }

    @Override
    public synchronized void close() throws EndpointException {
        file.close();
    }
}
