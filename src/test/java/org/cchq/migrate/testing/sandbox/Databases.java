package org.cchq.migrate.testing.sandbox;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.cchq.migrate.testing.HqSchema;
import org.cchq.migrate.testing.Ports;

/**
 * A real PostgreSQL in child processes with HQ's databases: {@code commcarehq}, {@code commcarehq_proxy} and one per
 * alias p1..p4, over which 1,024 shards are laid in equal ranges. HQ's user needs its password.
 */
final class Databases implements AutoCloseable {
    static final String USER = "commcarehq";

    private final EmbeddedPostgres server;
    private final long pid;
    private final String password;

    private Databases(EmbeddedPostgres server, long pid, String password) {
        this.server = server;
        this.pid = pid;
        this.password = password;
    }

    static Databases start(Path directory, String password) throws Exception {
        Path data = directory.resolve("data");
        EmbeddedPostgres server = start(directory, data);
        long pid = Long.parseLong(
                Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
        Databases databases = new Databases(server, pid, password);
        databases.create(data);
        return databases;
    }

    private static EmbeddedPostgres start(Path directory, Path data) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setPort(new Ports().free())
                .setRegisterShutdownHook(false)
                .setDataDirectory(data)
                .setOverrideWorkingDirectory(directory.toFile())
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setServerConfig("unix_socket_directories", "")
                .setServerConfig("fsync", "off")
                .setServerConfig("max_connections", "200")
                .setOutputRedirector(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("postgres.log").toFile()))
                .setErrorRedirector(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("postgres.log").toFile()));
        try {
            return builder.start();
        } catch (IllegalStateException e) {
            throw new IOException(
                    "PostgreSQL did not start: " + e.getMessage() + ". As root it runs in a user namespace;"
                            + " try 'unshare -U true', and run this as an ordinary user where that is not allowed.",
                    e);
        }
    }

    private void create(Path data) throws SQLException, IOException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE ROLE " + USER + " LOGIN PASSWORD '" + password + "'");
            statement.execute("CREATE DATABASE commcarehq OWNER " + USER);
            statement.execute("CREATE DATABASE commcarehq_proxy OWNER " + USER);
            for (String alias : ParentShard.ALIASES) {
                statement.execute("CREATE DATABASE commcarehq_" + alias + " OWNER " + USER);
            }
            Files.writeString(data.resolve("pg_hba.conf"), """
                    host all postgres 127.0.0.1/32 trust
                    host all all 127.0.0.1/32 scram-sha-256
                    """);
            statement.execute("SELECT pg_reload_conf()");
        }
        run("commcarehq", HqSchema.withoutBlobs());
        for (String alias : ParentShard.ALIASES) {
            run("commcarehq_" + alias, HqSchema.E4.sql());
        }
    }

    private void run(String database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** A connection of HQ's user. */
    Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port() + "/" + database + "?reWriteBatchedInserts=true",
                USER,
                password);
    }

    /** A connection to the database that holds the rows of this parent. */
    Connection connectFor(String parentId) throws SQLException {
        return connect("commcarehq_" + ParentShard.aliasOf(parentId));
    }

    int port() {
        return server.getPort();
    }

    long pid() {
        return pid;
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
