package org.cchq.migrate.kind.metadata;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.store.row.CopyText;
import org.cchq.migrate.store.row.PostgresDatabase;
import org.cchq.migrate.store.row.SqlArray;

/**
 * One database with blob rows. Beside HQ's table this migration keeps {@value #RECORD}: the id of every row that it has
 * inserted, with a digest of what was in it. Row and record are written by one statement, so that no crash parts them.
 * Thread-safe.
 */
final class MetadataShard implements AutoCloseable {
    /** The record of inserted rows. */
    static final String RECORD = "cchq_migrate_blobmeta";

    private static final String TABLE = "blobs_blobmeta";
    private static final String VIEW_ERA_TABLE = "blobs_blobmeta_tbl";
    private static final String STAGING = "cchq_migrate_blobmeta_in";
    /** A unique key that is there already. */
    private static final String TAKEN = "23505";

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final List<String> COLUMNS = List.of(
            "id",
            "domain",
            "parent_id",
            "name",
            "key",
            "type_code",
            "content_type",
            "properties",
            "created_on",
            "expires_on",
            "content_length");

    private final PostgresDatabase database;
    private final String table;
    private final boolean compressedLength;

    private MetadataShard(PostgresDatabase database, String table, boolean compressedLength) {
        this.database = database;
        this.table = table;
        this.compressedLength = compressedLength;
    }

    /** Looks at the tables; empty, with the problem noted, if they are not those of any of HQ's times. */
    static Optional<MetadataShard> open(PostgresDatabase database, Problems problems)
            throws EndpointException, InterruptedException {
        String table = exists(database, VIEW_ERA_TABLE) ? VIEW_ERA_TABLE : TABLE;
        Set<String> columns = new HashSet<>(database.query(
                "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped",
                List.of(table),
                row -> row.getString(1)));
        List<String> missing =
                COLUMNS.stream().filter(column -> !columns.contains(column)).toList();
        if (!missing.isEmpty()) {
            problems.add(
                    database.spec().endpoint() + " " + table,
                    columns.isEmpty() ? "no such table" : "has no columns " + missing);
            return Optional.empty();
        }
        return Optional.of(new MetadataShard(database, table, columns.contains("compressed_length")));
    }

    static boolean exists(PostgresDatabase database, String relation) throws EndpointException, InterruptedException {
        return database.queryOne("SELECT to_regclass(?) IS NOT NULL", List.of(relation), row -> row.getBoolean(1))
                .orElse(false);
    }

    PostgresDatabase database() {
        return database;
    }

    /** {@code blobs_blobmeta}, or {@code blobs_blobmeta_tbl} while that is a view. */
    String table() {
        return table;
    }

    /** Makes the record where it is not there yet. */
    void prepare() throws EndpointException, InterruptedException {
        if (!hasRecord()) {
            database.update(
                    "CREATE TABLE IF NOT EXISTS " + RECORD + " (id bigint PRIMARY KEY, digest uuid NOT NULL)",
                    List.of());
        }
        if (generation().isEmpty()) {
            renew();
        }
    }

    /**
     * Names the time since rows were last taken back, as the comment of the record's table. What a ledger knows of an earlier
     * time is not so any more. "" without a record.
     */
    String generation() throws EndpointException, InterruptedException {
        return database.queryOne(
                        "SELECT coalesce(obj_description(to_regclass(?), 'pg_class'), '')",
                        List.of(RECORD),
                        row -> row.getString(1))
                .orElse("");
    }

    /** Before the first row is taken back: no ledger, in whatever directory, is believed after that. */
    void renew() throws EndpointException, InterruptedException {
        database.update("COMMENT ON TABLE " + RECORD + " IS 'rows since " + UUID.randomUUID() + "'", List.of());
    }

    boolean hasRecord() throws EndpointException, InterruptedException {
        return exists(database, RECORD);
    }

    /** Inserts the rows whose key is not there yet, and notes them; how many that were. */
    long insert(Collection<MetadataRow> rows) throws EndpointException, InterruptedException {
        CopyText text = new CopyText();
        int number = 0;
        for (MetadataRow row : rows) {
            text.add(number++)
                    .add(row.domain())
                    .add(row.parentId())
                    .add(row.name())
                    .add(row.key())
                    .add(row.code().code())
                    .add(row.contentType().orElse(null))
                    .add(row.contentLength())
                    .end();
        }
        try {
            return insert(text, "");
        } catch (EndpointException e) {
            if (e.getCause() instanceof SQLException cause && TAKEN.equals(cause.getSQLState())) {
                // A restored table may give an id again that is in the record. Nothing was written.
                return insert(text, " ON CONFLICT (id) DO UPDATE SET digest = EXCLUDED.digest");
            }
            throw e;
        }
    }

    private long insert(CopyText text, String recorded) throws EndpointException, InterruptedException {
        return database.transaction("insert blob rows", LIMIT, transaction -> {
            // Of the connection, and empty after each transaction: pgbouncer may give another one each time.
            transaction.update(
                    "CREATE TEMPORARY TABLE IF NOT EXISTS " + STAGING + " (number integer, domain varchar(255),"
                            + " parent_id varchar(255), name varchar(255), key varchar(255), type_code smallint,"
                            + " content_type varchar(255), content_length bigint) ON COMMIT DELETE ROWS",
                    List.of());
            transaction.copy("COPY " + STAGING + " FROM STDIN", text);
            return (long) transaction.update(
                    "WITH inserted AS (INSERT INTO " + table + " AS b (domain, parent_id, name, key, type_code,"
                            + " content_type, content_length, created_on)"
                            + " SELECT domain, parent_id, name, key, type_code, content_type, content_length,"
                            + " clock_timestamp() FROM " + STAGING + " ORDER BY number"
                            + " ON CONFLICT (key) DO NOTHING RETURNING b.id, " + digest() + " AS digest)"
                            + " INSERT INTO " + RECORD + " (id, digest) SELECT id, digest FROM inserted" + recorded,
                    List.of());
        });
    }

    /** Removes rows of the record that are as they were inserted, of these parents and without these keys. */
    long removeVanished(Set<String> parents, Set<String> keep) throws EndpointException, InterruptedException {
        return database.transaction("remove rows of documents that are gone", LIMIT, transaction -> {
            List<Long> gone = transaction.query(
                    "DELETE FROM " + table + " b USING " + RECORD + " r WHERE b.parent_id = ANY(?)"
                            + " AND NOT b.key = ANY(?) AND r.id = b.id AND " + untouched() + " RETURNING b.id",
                    List.of(SqlArray.ofText(parents), SqlArray.ofText(keep)),
                    row -> row.getLong(1));
            transaction.update(
                    "DELETE FROM " + RECORD + " WHERE id = ANY(?)", List.of(SqlArray.ofBigint(new ArrayList<>(gone))));
            return (long) gone.size();
        });
    }

    /** Whether row {@code b} is as the record {@code r} says it was inserted. */
    String untouched() {
        return "r.digest = " + digest() + " AND b.expires_on IS NULL AND b.properties IS NULL"
                + (compressedLength ? " AND b.compressed_length IS NULL" : "");
    }

    private static String digest() {
        return "md5(concat_ws(chr(31), b.domain, b.parent_id, b.name, b.key, b.type_code::text,"
                + " coalesce(b.content_type, chr(30)), b.content_length::text))::uuid";
    }

    @Override
    public void close() {
        database.close();
    }
}
