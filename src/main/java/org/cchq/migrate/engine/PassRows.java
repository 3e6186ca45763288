package org.cchq.migrate.engine;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.migration.Outcome;

/** The ledger's tables of passes, their counts and marks, inside a transaction of the ledger. */
final class PassRows {
    private PassRows() {}

    /** Begins a pass; findings and marks are those of one pass only. */
    static void begin(Connection connection, int number, String now) throws SQLException {
        LedgerRows.update(connection, "DELETE FROM finding");
        LedgerRows.update(connection, "DELETE FROM mark");
        LedgerRows.update(
                connection,
                "INSERT INTO pass (number, state, started, sessions, enumerated, bytes, orphans_removed, remark)"
                        + " VALUES (?, 'running', ?, 0, 0, 0, 0, '')",
                number,
                now);
    }

    /** Partitions that are new get a mark at their beginning. */
    static void addMarks(Connection connection, List<String> partitions) throws SQLException {
        for (int i = 0; i < partitions.size(); i++) {
            LedgerRows.update(
                    connection,
                    "INSERT INTO mark (part, position, low_water, begun) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    partitions.get(i),
                    i,
                    Long.MIN_VALUE,
                    Long.MIN_VALUE);
        }
    }

    /** One more session works on the last pass. */
    static void takeUp(Connection connection) throws SQLException {
        LedgerRows.update(
                connection,
                "UPDATE pass SET sessions = sessions + 1, state = 'running', ended = NULL, remark = ''"
                        + " WHERE number = (SELECT max(number) FROM pass)");
    }

    /** The low-water mark goes up to the next chunk that is not finished. */
    static void raiseMark(Connection connection, String partition) throws SQLException {
        LedgerRows.update(
                connection,
                "UPDATE mark SET low_water = coalesce((SELECT min(lo) FROM chunk"
                        + " WHERE chunk.part = mark.part AND kind = 'fresh'), begun) WHERE part = ?",
                partition);
    }

    /** Counts items as they ended. */
    static void count(Connection connection, int pass, Collection<ItemResult> results) throws SQLException {
        Map<Outcome, Integer> items = new HashMap<>();
        results.forEach(result -> items.merge(result.outcome(), 1, Integer::sum));
        for (Map.Entry<Outcome, Integer> entry : items.entrySet()) {
            add(connection, pass, entry.getKey().name(), entry.getValue());
        }
        LedgerRows.update(
                connection,
                "UPDATE pass SET bytes = bytes + ?, orphans_removed = orphans_removed + ? WHERE number = ?",
                results.stream().mapToLong(ItemResult::bytes).sum(),
                results.stream().filter(ItemResult::orphanRemoved).count(),
                pass);
    }

    static void add(Connection connection, int pass, String outcome, int items) throws SQLException {
        LedgerRows.update(
                connection,
                "INSERT INTO outcome (pass, outcome, items) VALUES (?, ?, ?)"
                        + " ON CONFLICT (pass, outcome) DO UPDATE SET items = items + excluded.items",
                pass,
                outcome,
                items);
    }
}
