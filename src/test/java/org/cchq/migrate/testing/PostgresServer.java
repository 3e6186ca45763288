package org.cchq.migrate.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.store.row.DatabaseSpec;

/** A real PostgreSQL server in a child process, on a free loopback port, in a temporary directory. */
public final class PostgresServer implements AutoCloseable {
    private static final String USER = "postgres";

    private final EmbeddedPostgres server;

    private PostgresServer(EmbeddedPostgres server) {
        this.server = server;
    }

    public static PostgresServer start() throws IOException {
        return new PostgresServer(EmbeddedPostgres.builder()
                .setPort(new Ports().free())
                .setLocaleConfig("locale", "C.UTF-8")
                .setServerConfig("fsync", "off")
                .setServerConfig("max_connections", "200")
                .start());
    }

    public int port() {
        return server.getPort();
    }

    /** Address and account of a database; the account may do everything and needs no password. */
    public DatabaseSpec spec(String alias, String database) {
        return new DatabaseSpec(alias, "127.0.0.1", port(), database, USER, new Secret(""), Map.of());
    }

    /** An entry of Django's {@code DATABASES}, without its {@code PLPROXY}. */
    public Map<String, Object> djangoSettings(String database) {
        return Map.of(
                "ENGINE",
                "django.db.backends.postgresql",
                "NAME",
                database,
                "USER",
                USER,
                "PASSWORD",
                "",
                "HOST",
                "127.0.0.1",
                "PORT",
                Integer.toString(port()));
    }

    /** Makes an empty database. */
    public void createDatabase(String database) throws SQLException {
        execute("postgres", "CREATE DATABASE \"" + database + "\"");
    }

    /** Makes a database with HQ's blob tables. */
    public void createDatabase(String database, HqSchema schema) throws SQLException, IOException {
        createDatabase(database);
        execute(database, schema.sql());
    }

    /** Lets an account in only with its password from now on. The account must exist. */
    public void requirePassword(String user) throws SQLException, IOException {
        Path hba = Path.of(text("postgres", "SHOW hba_file"));
        Files.writeString(
                hba,
                "host all " + user
                        + " 127.0.0.1/32 scram-sha-256\nlocal all all trust\nhost all all 127.0.0.1/32 trust\n"
                        + "host all all ::1/128 trust\n");
        text("postgres", "SELECT pg_reload_conf()::text");
    }

    /** Runs statements. */
    public void execute(String database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column of the first row. */
    public String text(String database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            if (!rows.next()) {
                throw new AssertionError("no row: " + sql);
            }
            return rows.getString(1);
        }
    }

    /** Adds a row to {@code blobs_blobmeta}; its id. */
    public long insertBlob(
            String database, String parentId, String key, int typeCode, Instant createdOn, long contentLength)
            throws SQLException {
        String table = text(database, "SELECT COALESCE(to_regclass('blobs_blobmeta_tbl')::text, 'blobs_blobmeta')");
        try (Connection connection = connect(database);
                PreparedStatement insert = connection.prepareStatement("INSERT INTO " + table
                        + " (domain, parent_id, name, key, type_code, created_on, content_length)"
                        + " VALUES ('demo', ?, '', ?, ?, ?, ?) RETURNING id")) {
            insert.setString(1, parentId);
            insert.setString(2, key);
            insert.setInt(3, typeCode);
            insert.setObject(4, createdOn.atOffset(ZoneOffset.UTC));
            insert.setLong(5, contentLength);
            try (ResultSet rows = insert.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    /** Adds a form with one attachment of the view era; the attachment's (positive) id. */
    public long insertFormAttachment(
            String database, String formId, String name, UUID attachmentId, String bucket, String blobId, Instant on)
            throws SQLException {
        try (Connection connection = connect(database);
                PreparedStatement form = connection.prepareStatement("INSERT INTO form_processor_xforminstancesql"
                        + " (domain, form_id, received_on) VALUES ('demo', ?, ?) ON CONFLICT DO NOTHING");
                PreparedStatement attachment =
                        connection.prepareStatement("INSERT INTO form_processor_xformattachmentsql"
                                + " (attachment_id, name, form_id, blob_id, blob_bucket, content_length)"
                                + " VALUES (?, ?, ?, ?, ?, 10) RETURNING id")) {
            form.setString(1, formId);
            form.setObject(2, on.atOffset(ZoneOffset.UTC));
            form.executeUpdate();
            attachment.setObject(1, attachmentId);
            attachment.setString(2, name);
            attachment.setString(3, formId);
            attachment.setString(4, blobId);
            attachment.setString(5, bucket);
            try (ResultSet rows = attachment.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    /** A connection for what the other methods do not do. */
    public Connection connect(String database) throws SQLException {
        return server.getDatabase(USER, database).getConnection();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
