package org.cchq.migrate.store.row;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import org.cchq.migrate.base.EndpointException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One PostgreSQL database, usually behind pgbouncer: single statements, each in its own transaction, on a few
 * connections that are opened when needed and replaced when lost. Nothing relies on a session: no prepared statement, no
 * cursor and no setting outlives its statement, so that transaction pooling is as good as session pooling. Every
 * statement has a time limit. Thread-safe; does not retry, but for a read whose idle connection turns out to be lost.
 */
public final class PostgresDatabase implements AutoCloseable {
    /** The limit of a statement for which none is given. */
    public static final Duration DEFAULT_LIMIT = Duration.ofSeconds(60);

    private static final Logger LOG = LoggerFactory.getLogger(PostgresDatabase.class);
    /** How much longer the client waits for an answer than the server may take to give one. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private static final String DEFAULT_CONNECT_SECONDS = "10";

    private final DatabaseSpec spec;
    private final Semaphore permits;
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    /** @param connections at most so many at a time; further callers wait */
    public PostgresDatabase(DatabaseSpec spec, int connections) {
        this.spec = spec;
        this.permits = new Semaphore(connections, true);
    }

    public DatabaseSpec spec() {
        return spec;
    }

    /** Rows of one statement, within {@link #DEFAULT_LIMIT}. */
    public <T> List<T> query(String sql, List<?> parameters, RowMapper<T> mapper)
            throws EndpointException, InterruptedException {
        return query(sql, parameters, DEFAULT_LIMIT, mapper);
    }

    /**
     * Rows of one statement, all of them in memory: bound them in the statement.
     *
     * @param parameters String, Integer, Long, {@link Instant}, {@link SqlArray}
     * @param limit after which the statement is cancelled, whole seconds
     */
    public <T> List<T> query(String sql, List<?> parameters, Duration limit, RowMapper<T> mapper)
            throws EndpointException, InterruptedException {
        return withConnection("read", true, connection -> {
            try (PreparedStatement statement = prepare(connection, sql, parameters, limit);
                    ResultSet rows = statement.executeQuery()) {
                List<T> found = new ArrayList<>();
                while (rows.next()) {
                    found.add(mapper.map(rows));
                }
                return found;
            }
        });
    }

    /** The first row of one statement; empty if there is none. */
    public <T> Optional<T> queryOne(String sql, List<?> parameters, RowMapper<T> mapper)
            throws EndpointException, InterruptedException {
        return query(sql, parameters, mapper).stream().findFirst();
    }

    /** Runs one changing statement; how many rows it changed. */
    public int update(String sql, List<?> parameters) throws EndpointException, InterruptedException {
        return withConnection("write", false, connection -> {
            try (PreparedStatement statement = prepare(connection, sql, parameters, DEFAULT_LIMIT)) {
                return statement.executeUpdate();
            }
        });
    }

    /**
     * Several statements in one transaction, committed if the work returns and rolled back if it throws. Each statement
     * has the limit.
     *
     * @param action for messages, as in "Tried to ..."
     */
    public <T> T transaction(String action, Duration limit, RowWork<T> work)
            throws EndpointException, InterruptedException {
        return withConnection(action, false, connection -> {
            connection.setAutoCommit(false);
            boolean done = false;
            try {
                T result = work.run(new RowTransaction(connection, limit));
                connection.commit();
                done = true;
                return result;
            } finally {
                restore(connection, done);
            }
        });
    }

    /** Back to one transaction a statement; a connection on which that fails is not used again. */
    private void restore(Connection connection, boolean committed) {
        try {
            if (!committed) {
                connection.rollback();
            }
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            LOG.debug("leaving a transaction on {}", spec.endpoint(), e);
            closeQuietly(connection);
        }
    }

    /** What is done in one transaction. */
    @FunctionalInterface
    public interface RowWork<T> {
        T run(RowTransaction transaction) throws SQLException;
    }

    /** Closes the connections; those in use as soon as they are given back. */
    @Override
    public void close() {
        closed = true;
        closeIdle();
    }

    private <T> T withConnection(String action, boolean repeatable, Statement<T> work)
            throws EndpointException, InterruptedException {
        permits.acquire();
        try {
            Connection reused = idle.pollFirst();
            if (reused != null) {
                try {
                    return runOn(reused, work);
                } catch (SQLException e) {
                    EndpointException error = SqlErrors.describe(spec, action, e);
                    if (!repeatable || error.kind() != EndpointException.Kind.UNREACHABLE || isTimeout(e)) {
                        throw error;
                    }
                    LOG.debug("a connection to {} was lost while idle, opening another", spec.endpoint());
                    closeIdle();
                }
            }
            Connection fresh;
            try {
                fresh = connect();
            } catch (SQLException e) {
                throw SqlErrors.describe(spec, "connect", e);
            }
            try {
                return runOn(fresh, work);
            } catch (SQLException e) {
                throw SqlErrors.describe(spec, action, e);
            }
        } finally {
            permits.release();
        }
    }

    private <T> T runOn(Connection connection, Statement<T> work) throws SQLException {
        boolean usable = false;
        try {
            T result = work.run(connection);
            usable = true;
            return result;
        } catch (SQLException e) {
            usable = stillUsable(connection, e);
            throw e;
        } finally {
            if (usable && !closed) {
                idle.addFirst(connection);
            } else {
                closeQuietly(connection);
            }
        }
    }

    private boolean stillUsable(Connection connection, SQLException error) throws SQLException {
        String state = error.getSQLState();
        return state != null
                && SqlErrors.kind(state, error) != EndpointException.Kind.UNREACHABLE
                && !connection.isClosed();
    }

    private static boolean isTimeout(SQLException error) {
        return "57014".equals(error.getSQLState());
    }

    private Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", spec.user());
        if (!spec.password().isEmpty()) {
            properties.setProperty("password", spec.password().reveal());
        }
        properties.setProperty("prepareThreshold", "0");
        properties.setProperty("preparedStatementCacheQueries", "0");
        properties.setProperty("assumeMinServerVersion", "9.4");
        properties.setProperty("ApplicationName", "cchq-migrate");
        properties.setProperty("tcpKeepAlive", "true");
        String seconds = spec.options().getOrDefault("connect_timeout", DEFAULT_CONNECT_SECONDS);
        properties.setProperty("connectTimeout", seconds);
        properties.setProperty("loginTimeout", seconds);
        for (String option : List.of("sslmode", "sslrootcert", "sslcert", "sslkey", "options")) {
            String value = spec.options().get(option);
            if (value != null) {
                properties.setProperty(option, value);
            }
        }
        String host = spec.host().contains(":") ? "[" + spec.host() + "]" : spec.host();
        String url = "jdbc:postgresql://" + host + ":" + spec.port() + "/"
                + URLEncoder.encode(spec.name(), StandardCharsets.UTF_8);
        Connection connection = DriverManager.getConnection(url, properties);
        LOG.debug("connected to {}", spec.endpoint());
        return connection;
    }

    static PreparedStatement prepare(Connection connection, String sql, List<?> parameters, Duration limit)
            throws SQLException {
        connection.setNetworkTimeout(
                Runnable::run, Math.toIntExact(limit.plus(GRACE).toMillis()));
        PreparedStatement statement = connection.prepareStatement(sql);
        boolean ready = false;
        try {
            statement.setQueryTimeout(Math.toIntExact(limit.toSeconds()));
            int index = 1;
            for (Object parameter : parameters) {
                bind(connection, statement, index++, parameter);
            }
            ready = true;
            return statement;
        } finally {
            if (!ready) {
                statement.close();
            }
        }
    }

    private static void bind(Connection connection, PreparedStatement statement, int index, Object parameter)
            throws SQLException {
        if (parameter instanceof String text) {
            statement.setString(index, text);
        } else if (parameter instanceof Integer number) {
            statement.setInt(index, number);
        } else if (parameter instanceof Long number) {
            statement.setLong(index, number);
        } else if (parameter instanceof Instant instant) {
            statement.setObject(index, instant.atOffset(ZoneOffset.UTC));
        } else if (parameter instanceof SqlArray array) {
            statement.setArray(
                    index, connection.createArrayOf(array.type(), array.values().toArray()));
        } else {
            throw new IllegalArgumentException(
                    "no SQL type for " + parameter.getClass().getName());
        }
    }

    private void closeIdle() {
        for (Connection connection = idle.pollFirst(); connection != null; connection = idle.pollFirst()) {
            closeQuietly(connection);
        }
    }

    private void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("closing a connection to {}", spec.endpoint(), e);
        }
    }

    /** One statement on a connection. */
    private interface Statement<T> {
        T run(Connection connection) throws SQLException;
    }
}
