package org.cchq.migrate.engine;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.Finding;
import org.cchq.migrate.migration.Outcome;
import org.jspecify.annotations.Nullable;

/** The ledger's rows as values. */
final class LedgerRows {
    private LedgerRows() {}

    /** Reads one row. */
    interface Reader<R> {
        R read(ResultSet row) throws SQLException;
    }

    static <R> List<R> all(Connection connection, Reader<R> reader, String sql, Object... arguments)
            throws SQLException {
        List<R> rows = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            bind(select, arguments);
            try (ResultSet found = select.executeQuery()) {
                while (found.next()) {
                    rows.add(reader.read(found));
                }
            }
        }
        return rows;
    }

    static <R> Optional<R> first(Connection connection, Reader<R> reader, String sql, Object... arguments)
            throws SQLException {
        return all(connection, reader, sql, arguments).stream().findFirst();
    }

    /** Returns how many rows were changed. */
    static int update(Connection connection, String sql, Object... arguments) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            bind(update, arguments);
            return update.executeUpdate();
        }
    }

    private static void bind(PreparedStatement statement, Object... arguments) throws SQLException {
        for (int i = 0; i < arguments.length; i++) {
            statement.setObject(i + 1, arguments[i]);
        }
    }

    static RunIdentity identity(Connection connection) throws SQLException {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String[] row : all(
                connection,
                found -> new String[] {found.getString(1), found.getString(2)},
                "SELECT name, value FROM identity ORDER BY position")) {
            settings.put(row[0], row[1]);
        }
        return new RunIdentity(settings);
    }

    static List<PassRecord> passes(Connection connection) throws SQLException {
        return all(connection, row -> pass(connection, row), "SELECT * FROM pass ORDER BY number");
    }

    static Optional<PassRecord> lastPass(Connection connection) throws SQLException {
        return first(connection, row -> pass(connection, row), "SELECT * FROM pass ORDER BY number DESC LIMIT 1");
    }

    private static PassRecord pass(Connection connection, ResultSet row) throws SQLException {
        int number = row.getInt("number");
        Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
        all(
                        connection,
                        found -> Map.entry(Outcome.valueOf(found.getString(1)), found.getLong(2)),
                        "SELECT outcome, items FROM outcome WHERE pass = ? AND items <> 0",
                        number)
                .forEach(entry -> outcomes.put(entry.getKey(), entry.getValue()));
        return new PassRecord(
                number,
                PassState.of(row.getString("state")),
                Instant.parse(row.getString("started")),
                instant(row.getString("ended")),
                row.getInt("sessions"),
                new Counts(row.getLong("enumerated"), outcomes, row.getLong("bytes"), row.getLong("orphans_removed")),
                row.getString("remark"));
    }

    static OpenChunk chunk(ResultSet row) throws SQLException {
        return new OpenChunk(
                row.getLong("number"),
                "again".equals(row.getString("kind")),
                row.getString("part"),
                row.getLong("lo"),
                row.getLong("hi"),
                row.getInt("count"),
                instant(row.getString("ended")));
    }

    static Finding finding(ResultSet row) throws SQLException {
        return new Finding(
                row.getString("part"),
                row.getLong("id"),
                row.getString("key"),
                Outcome.valueOf(row.getString("outcome")),
                row.getString("record"),
                row.getString("detail"));
    }

    private static Optional<Instant> instant(@Nullable String text) {
        return Optional.ofNullable(text).map(Instant::parse);
    }
}
