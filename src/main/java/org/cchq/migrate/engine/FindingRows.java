package org.cchq.migrate.engine;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.cchq.migrate.migration.Finding;

/** The ledger's table of findings, inside a transaction of the ledger. */
final class FindingRows {
    private FindingRows() {}

    /** How an item is listed. */
    record Listed(String outcome, int attempts) {}

    /** The next findings in order of partition and id. */
    static List<Finding> after(Connection connection, String partition, long id, int limit) throws SQLException {
        return LedgerRows.all(
                connection,
                LedgerRows::finding,
                "SELECT * FROM finding WHERE (part, id) > (?, ?) ORDER BY part, id LIMIT ?",
                partition,
                id,
                limit);
    }

    /** Failed and denied items of sessions before this one that no open chunk holds, in order of id. */
    static List<Finding> unresolved(Connection connection, String partition, long after, int session, int limit)
            throws SQLException {
        return LedgerRows.all(
                connection,
                LedgerRows::finding,
                "SELECT * FROM finding WHERE part = ? AND id > ? AND outcome IN ('FAILED', 'DENIED')"
                        + " AND chunk IS NULL AND session < ? ORDER BY id LIMIT ?",
                partition,
                after,
                session,
                limit);
    }

    /** A chunk holds these items from now on. */
    static void hold(Connection connection, OpenChunk chunk, Collection<Long> ids) throws SQLException {
        for (long id : ids) {
            LedgerRows.update(
                    connection,
                    "UPDATE finding SET chunk = ? WHERE part = ? AND id = ?",
                    chunk.number(),
                    chunk.partition(),
                    id);
        }
    }

    /** Items of a chunk that may have a finding of an earlier session: one query, not one an item. */
    static Set<Long> listed(Connection connection, OpenChunk chunk, Collection<EndedItem> items) throws SQLException {
        if (chunk.again()) {
            return items.stream().map(EndedItem::id).collect(Collectors.toSet());
        }
        return Set.copyOf(LedgerRows.all(
                connection,
                row -> row.getLong(1),
                "SELECT id FROM finding WHERE part = ? AND id > ? AND id <= ?",
                chunk.partition(),
                chunk.lo(),
                chunk.hi()));
    }

    /** Takes an item off the list. */
    static Optional<Listed> remove(Connection connection, String partition, long id) throws SQLException {
        return LedgerRows.first(
                connection,
                row -> new Listed(row.getString(1), row.getInt(2)),
                "DELETE FROM finding WHERE part = ? AND id = ? RETURNING outcome, attempts",
                partition,
                id);
    }

    static void insert(
            Connection connection, String partition, Finding finding, int attempts, int session, String found)
            throws SQLException {
        LedgerRows.update(
                connection,
                "INSERT INTO finding (part, id, key, outcome, record, detail, attempts, session, found)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                partition,
                finding.id(),
                finding.key(),
                finding.outcome().name(),
                finding.record(),
                finding.detail(),
                attempts,
                session,
                found);
    }
}
