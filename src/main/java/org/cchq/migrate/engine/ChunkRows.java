package org.cchq.migrate.engine;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;

/** The ledger's table of chunks that are not finished, inside a transaction of the ledger. */
final class ChunkRows {
    private ChunkRows() {}

    /** @param kind {@code fresh}, or {@code again} for items that failed before */
    static OpenChunk insert(
            Connection connection, String kind, String partition, long lo, long hi, int count, byte[] items)
            throws SQLException {
        return LedgerRows.first(
                        connection,
                        LedgerRows::chunk,
                        "INSERT INTO chunk (kind, part, lo, hi, count, state, items, results)"
                                + " VALUES (?, ?, ?, ?, ?, 'open', ?, '[]') RETURNING *",
                        kind,
                        partition,
                        lo,
                        hi,
                        count,
                        items)
                .orElseThrow();
    }

    static byte[] items(Connection connection, OpenChunk chunk) throws SQLException {
        return LedgerRows.first(
                        connection, row -> row.getBytes(1), "SELECT items FROM chunk WHERE number = ?", chunk.number())
                .orElseThrow();
    }

    static String results(Connection connection, OpenChunk chunk) throws SQLException {
        return LedgerRows.first(
                        connection,
                        row -> row.getString(1),
                        "SELECT results FROM chunk WHERE number = ?",
                        chunk.number())
                .orElseThrow();
    }

    /** Results of a chunk that stays open. */
    static int keep(Connection connection, OpenChunk chunk, Collection<EndedItem> results) throws SQLException {
        return LedgerRows.update(
                connection,
                "UPDATE chunk SET results = ? WHERE number = ? AND state = 'open'",
                EndedItem.write(results),
                chunk.number());
    }

    /** All results of a chunk, which waits to settle from now on. */
    static int end(Connection connection, OpenChunk chunk, Collection<EndedItem> results, String now)
            throws SQLException {
        return LedgerRows.update(
                connection,
                "UPDATE chunk SET results = ?, state = 'ended', ended = ? WHERE number = ?",
                EndedItem.write(results),
                now,
                chunk.number());
    }
}
