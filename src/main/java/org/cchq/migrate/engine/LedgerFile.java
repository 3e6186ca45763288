package org.cchq.migrate.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.UserException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The SQLite file below the ledger: made, checked, opened, changed in transactions. Not thread-safe; its one owner
 * takes care of that.
 */
final class LedgerFile implements AutoCloseable {
    /** "CQLG": marks the file as ours. */
    static final int APPLICATION_ID = 0x43514c47;

    /** Of the tables below; a file with a higher number is from a newer version of the program. */
    static final int VERSION = 2;

    private static final int BUSY_TIMEOUT_MILLIS = 10_000;

    private static final List<String> TABLES = List.of(
            "CREATE TABLE identity (position INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, value TEXT NOT NULL) STRICT",
            "CREATE TABLE pass (number INTEGER PRIMARY KEY, state TEXT NOT NULL"
                    + " CHECK (state IN ('running', 'stopped', 'unresolved', 'complete')),"
                    + " started TEXT NOT NULL, ended TEXT, sessions INTEGER NOT NULL, enumerated INTEGER NOT NULL,"
                    + " bytes INTEGER NOT NULL, orphans_removed INTEGER NOT NULL, remark TEXT NOT NULL) STRICT",
            "CREATE TABLE outcome (pass INTEGER NOT NULL, outcome TEXT NOT NULL, items INTEGER NOT NULL,"
                    + " PRIMARY KEY (pass, outcome)) STRICT",
            "CREATE TABLE mark (part TEXT PRIMARY KEY, position INTEGER NOT NULL,"
                    + " low_water INTEGER NOT NULL, begun INTEGER NOT NULL) STRICT",
            "CREATE TABLE chunk (number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL"
                    + " CHECK (kind IN ('fresh', 'again')), part TEXT NOT NULL, lo INTEGER NOT NULL,"
                    + " hi INTEGER NOT NULL, count INTEGER NOT NULL, state TEXT NOT NULL"
                    + " CHECK (state IN ('open', 'ended')), items BLOB NOT NULL,"
                    + " results TEXT NOT NULL, ended TEXT) STRICT",
            "CREATE INDEX chunk_part ON chunk (part, lo)",
            "CREATE TABLE finding (part TEXT NOT NULL, id INTEGER NOT NULL, key TEXT NOT NULL,"
                    + " outcome TEXT NOT NULL, record TEXT NOT NULL, detail TEXT NOT NULL, attempts INTEGER NOT NULL,"
                    + " session INTEGER NOT NULL, chunk INTEGER, found TEXT NOT NULL, PRIMARY KEY (part, id)) STRICT",
            "CREATE INDEX finding_outcome ON finding (outcome, part, id)",
            "CREATE TABLE note (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT");

    private final Path file;
    private final Connection connection;

    private LedgerFile(Path file, Connection connection) {
        this.file = file;
        this.connection = connection;
    }

    /** What happens inside one transaction. */
    interface Change<R> {
        R apply(Connection connection) throws SQLException;
    }

    /**
     * Makes a ledger where there is none, under another name first: a file of this name is always a whole one, and an
     * empty one is a damaged one.
     */
    static void create(Path file, RunIdentity identity) throws UserException, EndpointException {
        for (String suffix : List.of("-wal", "-journal")) {
            Path journal = file.resolveSibling(file.getFileName() + suffix);
            if (Files.exists(journal)) {
                throw new UserException(journal + ": the journal of a ledger that is not there any more. Put " + file
                        + " back, or use another directory.");
            }
        }
        Path next = file.resolveSibling(file.getFileName() + ".new");
        try {
            for (String suffix : List.of("", "-journal", "-wal", "-shm")) {
                Files.deleteIfExists(next.resolveSibling(next.getFileName() + suffix));
            }
            try (Connection made = connect(next, new SQLiteConfig())) {
                fill(made, identity);
                // Under this name already: killed in the middle of the change, it could only be opened to be written.
                made.setAutoCommit(true);
                try (Statement statement = made.createStatement()) {
                    statement.execute("PRAGMA journal_mode = WAL");
                }
            }
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (SQLException e) {
            throw trouble(file, "make the ledger", e);
        } catch (IOException e) {
            throw new EndpointException(
                    file.toString(), Kind.UNUSABLE, "Tried to make the ledger " + file + " but: " + e, e);
        }
    }

    private static void fill(Connection made, RunIdentity identity) throws SQLException {
        made.setAutoCommit(false);
        try (Statement statement = made.createStatement()) {
            for (String table : TABLES) {
                statement.execute(table);
            }
            statement.execute("PRAGMA application_id = " + APPLICATION_ID);
            statement.execute("PRAGMA user_version = " + VERSION);
        }
        try (PreparedStatement insert = made.prepareStatement("INSERT INTO identity (name, value) VALUES (?, ?)")) {
            for (var setting : identity.settings().entrySet()) {
                insert.setString(1, setting.getKey());
                insert.setString(2, setting.getValue());
                insert.executeUpdate();
            }
        }
        made.commit();
    }

    /** Opens a ledger after looking whether it is one, of this version, and whole; changes nothing if it is not. */
    static LedgerFile open(Path file) throws UserException, EndpointException {
        check(file);
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        return connected(file, config);
    }

    /** Opens a ledger for looking at it, also while a run is writing to it. */
    static LedgerFile openToRead(Path file) throws UserException, EndpointException {
        check(file);
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        return connected(file, config);
    }

    private static LedgerFile connected(Path file, SQLiteConfig config) throws UserException, EndpointException {
        try {
            Connection connection = connect(file, config);
            try {
                refuseDamage(file, connection);
                connection.setAutoCommit(false);
                return new LedgerFile(file, connection);
            } catch (SQLException | UserException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw refusedIfDamaged(file, e);
        }
    }

    /** Whether it is a file of this format; whether it is whole shows when it is opened. */
    static void check(Path file) throws UserException, EndpointException {
        if (!Files.exists(file)) {
            throw new UserException(file + ": there is no ledger here.");
        }
        if (!Files.isRegularFile(file)) {
            throw new UserException(file + ": not a file, so no ledger of this program. It was left as it is. Move it"
                    + " out of the way, or use another directory.");
        }
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        try (Connection connection = connect(file, config)) {
            if (number(connection, "PRAGMA application_id") != APPLICATION_ID) {
                throw new UserException(file + ": not a ledger of this program"
                        + (Files.size(file) == 0 ? ", the file is empty" : "")
                        + ". It was left as it is. Use another directory, or put the ledger back.");
            }
            long version = number(connection, "PRAGMA user_version");
            if (version != VERSION) {
                throw new UserException(file + ": a ledger of format " + version + "; this program knows format "
                        + VERSION + ". It was left as it is. Use the version of the program that began the run.");
            }
        } catch (SQLException e) {
            throw refusedIfDamaged(file, e);
        } catch (IOException e) {
            throw new UserException(file + ": cannot be read: " + e, e);
        }
    }

    private static void refuseDamage(Path file, Connection connection) throws SQLException, UserException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("PRAGMA quick_check(1)")) {
            String found = rows.next() ? rows.getString(1) : "no answer";
            if (!"ok".equals(found)) {
                throw new UserException(damaged(file, found));
            }
        }
    }

    private static Connection connect(Path file, SQLiteConfig config) throws SQLException {
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        return DriverManager.getConnection("jdbc:sqlite:" + file, config.toProperties());
    }

    private static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    /** Runs a change as one transaction: all of it or, with an exception, nothing of it. */
    <R> R transaction(String what, Change<R> change) throws EndpointException {
        boolean committed = false;
        try {
            R result = change.apply(connection);
            connection.commit();
            committed = true;
            return result;
        } catch (SQLException e) {
            throw trouble(file, what, e);
        } finally {
            if (!committed) {
                rollBack();
            }
        }
    }

    private void rollBack() {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // After a full disk SQLite has rolled back by itself, and says so; the cause is already on its way.
            org.slf4j.LoggerFactory.getLogger(LedgerFile.class).debug("rollback of {}: {}", file, e.getMessage());
        }
    }

    @Override
    public void close() throws EndpointException {
        try {
            connection.close();
        } catch (SQLException e) {
            throw trouble(file, "close the ledger", e);
        }
    }

    private static EndpointException refusedIfDamaged(Path file, SQLException e) throws UserException {
        if (e instanceof SQLiteException sqlite) {
            int code = sqlite.getResultCode().code & 0xff;
            if (code == SQLiteErrorCode.SQLITE_NOTADB.code || code == SQLiteErrorCode.SQLITE_CORRUPT.code) {
                throw new UserException(damaged(file, String.valueOf(e.getMessage())), e);
            }
        }
        return trouble(file, "open the ledger", e);
    }

    private static String damaged(Path file, String how) {
        return file + ": not a whole ledger (" + how + "). It was left as it is. Put a good copy back, or use another"
                + " directory to begin from scratch: what was copied is found there and not copied again.";
    }

    static EndpointException trouble(Path file, String what, SQLException e) {
        String why = String.valueOf(e.getMessage());
        if (e instanceof SQLiteException sqlite) {
            int code = sqlite.getResultCode().code & 0xff;
            if (code == SQLiteErrorCode.SQLITE_FULL.code) {
                why = "the disk is full";
            } else if (code == SQLiteErrorCode.SQLITE_READONLY.code) {
                why = "it may not be written";
            } else if (code == SQLiteErrorCode.SQLITE_IOERR.code) {
                why = "the disk reports an error: " + e.getMessage();
            }
        }
        return new EndpointException(
                file.toString(),
                Kind.UNUSABLE,
                "Tried to " + what + " in " + file + " but " + why
                        + ". Nothing is lost: put that right and start the same command again.",
                e);
    }
}
