package org.cchq.migrate.store.row;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** A transaction that is open. Of one thread, and only until the work that it was given to returns. */
public final class RowTransaction {
    private final Connection connection;
    private final Duration limit;

    RowTransaction(Connection connection, Duration limit) {
        this.connection = connection;
        this.limit = limit;
    }

    /** Runs one statement; how many rows it changed. */
    public int update(String sql, List<?> parameters) throws SQLException {
        try (PreparedStatement statement = PostgresDatabase.prepare(connection, sql, parameters, limit)) {
            return statement.executeUpdate();
        }
    }

    /** Rows of one statement, all of them in memory. */
    public <T> List<T> query(String sql, List<?> parameters, RowMapper<T> mapper) throws SQLException {
        try (PreparedStatement statement = PostgresDatabase.prepare(connection, sql, parameters, limit);
                ResultSet rows = statement.executeQuery()) {
            List<T> found = new ArrayList<>();
            while (rows.next()) {
                found.add(mapper.map(rows));
            }
            return found;
        }
    }

    /**
     * {@code COPY ... FROM STDIN} in PostgreSQL's text format.
     *
     * @param rows as {@link CopyText} writes them
     */
    public void copy(String sql, CopyText rows) throws SQLException {
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
        try {
            copy.writeToCopy(rows.bytes(), 0, rows.length());
            copy.endCopy();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }
}
