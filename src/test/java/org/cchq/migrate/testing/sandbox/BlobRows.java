package org.cchq.migrate.testing.sandbox;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;

/** Rows of blobs_blobmeta, as HQ writes them. */
final class BlobRows {
    static final String INSERT =
            "INSERT INTO blobs_blobmeta (domain, parent_id, name, key, type_code, content_type, properties, created_on,"
                    + " expires_on, content_length, compressed_length) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private BlobRows() {}

    /** Inserts one row, as the site does after its upload. */
    static void insert(Connection connection, StoredAs blob) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            bind(statement, blob);
            statement.executeUpdate();
        }
    }

    /** Fills in the parameters of {@link #INSERT}. */
    static void bind(PreparedStatement statement, StoredAs blob) throws SQLException {
        statement.setString(1, blob.domain());
        statement.setString(2, blob.parentId());
        statement.setString(3, blob.name());
        statement.setString(4, blob.key());
        statement.setInt(5, blob.typeCode());
        statement.setString(6, blob.typeCode() == 2 ? "text/xml" : null);
        statement.setString(7, blob.typeCode() == 3 ? "{\"width\": 640}" : null);
        statement.setTimestamp(8, Timestamp.from(blob.createdOn()));
        if (blob.temporary()) {
            statement.setTimestamp(9, Timestamp.from(Instant.now().plusSeconds(86_400)));
        } else {
            statement.setNull(9, Types.TIMESTAMP_WITH_TIMEZONE);
        }
        statement.setLong(10, blob.contentLength());
        if (blob.compressedLength().isPresent()) {
            statement.setLong(11, blob.compressedLength().getAsLong());
        } else {
            statement.setNull(11, Types.BIGINT);
        }
    }

    /** Deletes the row by HQ's function, which remembers the deletion. */
    static void delete(Connection connection, String key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT delete_blob_meta(?)")) {
            statement.setString(1, key);
            try (ResultSet result = statement.executeQuery()) {
                result.next();
            }
        }
    }

    /** Records that the blob is stored gzipped by now. */
    static void compress(Connection connection, StoredAs after) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "UPDATE blobs_blobmeta SET content_length = ?, compressed_length = ? WHERE key = ?")) {
            statement.setLong(1, after.contentLength());
            statement.setLong(2, after.compressedLength().orElseThrow());
            statement.setString(3, after.key());
            statement.executeUpdate();
        }
    }
}
