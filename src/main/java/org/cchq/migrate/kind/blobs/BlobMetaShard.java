package org.cchq.migrate.kind.blobs;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.store.row.PostgresDatabase;
import org.cchq.migrate.store.row.SqlArray;

/**
 * The blob rows of one database, whichever era its tables are from. Every statement reads a bounded number of rows by
 * primary key or by an index. Thread-safe.
 */
final class BlobMetaShard {
    private static final String DELETED = "blobs_deletedblobmeta";
    private static final List<String> NEEDED =
            List.of("id", "domain", "parent_id", "name", "key", "type_code", "created_on", "content_length");
    private static final List<String> NEEDED_OF_ATTACHMENTS =
            List.of("id", "attachment_id", "name", "form_id", "blob_id", "blob_bucket", "content_length");
    /** Below this the rows are counted; above, the planner's number is near enough. */
    private static final long COUNT_BELOW = 100_000;

    private static final Duration COUNT_LIMIT = Duration.ofSeconds(5);
    /** For look-ups by key that no index may help. */
    private static final Duration SCAN_LIMIT = Duration.ofMinutes(10);

    private final String alias;
    private final PostgresDatabase database;
    private final List<BlobRelation> relations;
    private final boolean hasDeleted;

    private BlobMetaShard(String alias, PostgresDatabase database, List<BlobRelation> relations, boolean hasDeleted) {
        this.alias = alias;
        this.database = database;
        this.relations = relations;
        this.hasDeleted = hasDeleted;
    }

    /** Finds out of which era the tables are; empty, with the problems noted, if they are of none. */
    static Optional<BlobMetaShard> open(PostgresDatabase database, Problems problems)
            throws EndpointException, InterruptedException {
        String alias = database.spec().alias();
        int known = problems.all().size();
        String place = "database '" + alias + "' (" + database.spec().endpoint() + ")";
        Set<String> columns = columns(database, BlobRelation.META);
        if (columns.isEmpty()) {
            problems.add(
                    place,
                    "has no table blobs_blobmeta; it is not a database with HQ's blob metadata,"
                            + " or DATABASES names the wrong one");
            return Optional.empty();
        }
        missing(columns, NEEDED, place + ": " + BlobRelation.META, problems);
        boolean compressed = columns.contains("compressed_length");
        List<BlobRelation> relations = new ArrayList<>();
        if (isView(database)) {
            missing(
                    columns(database, BlobRelation.META_TABLE),
                    NEEDED,
                    place + ": " + BlobRelation.META_TABLE,
                    problems);
            missing(
                    columns(database, BlobRelation.ATTACHMENTS),
                    NEEDED_OF_ATTACHMENTS,
                    place + ": " + BlobRelation.ATTACHMENTS,
                    problems);
            missing(
                    columns(database, BlobRelation.FORMS),
                    List.of("form_id", "domain", "received_on"),
                    place + ": " + BlobRelation.FORMS,
                    problems);
            relations.add(BlobRelation.attachments());
            relations.add(BlobRelation.meta(BlobRelation.META_TABLE, compressed));
        } else {
            relations.add(BlobRelation.meta(BlobRelation.META, compressed));
        }
        if (problems.all().size() > known) {
            return Optional.empty();
        }
        boolean hasDeleted = !columns(database, DELETED).isEmpty();
        return Optional.of(new BlobMetaShard(alias, database, List.copyOf(relations), hasDeleted));
    }

    String alias() {
        return alias;
    }

    /** At most {@code limit} rows; with a date range, among the next {@code span} ids that are in use. */
    BlobMetaWindow window(long after, int limit, int span, DateRange range)
            throws EndpointException, InterruptedException {
        for (BlobRelation relation : relations) {
            Optional<Long> start = relation.startAfter(after);
            if (start.isPresent()) {
                BlobMetaWindow window = range.isAll()
                        ? page(relation, start.get(), limit)
                        : window(relation, start.get(), limit, span, range);
                if (!window.end()) {
                    return window;
                }
            }
        }
        return new BlobMetaWindow(List.of(), after, true);
    }

    private BlobMetaWindow page(BlobRelation relation, long start, int limit)
            throws EndpointException, InterruptedException {
        List<BlobMetaRow> rows = database.query(relation.page(), List.of(start, limit), this::row);
        return rows.isEmpty()
                ? new BlobMetaWindow(rows, start, true)
                : new BlobMetaWindow(rows, rows.get(rows.size() - 1).id(), false);
    }

    /** Jumps over unused ids first, so that a gap costs one look at the index. */
    private BlobMetaWindow window(BlobRelation relation, long start, int limit, int span, DateRange range)
            throws EndpointException, InterruptedException {
        OptionalLong next = database.query(relation.nextId(), List.of(start), row -> optionalLong(row, 1))
                .get(0);
        if (next.isEmpty()) {
            return new BlobMetaWindow(List.of(), start, true);
        }
        long last = relation.turn(relation.turn(next.getAsLong()) + span - 1);
        List<Object> parameters = new ArrayList<>(List.of(next.getAsLong(), last));
        addDates(range, parameters);
        parameters.add(limit);
        List<BlobMetaRow> rows = database.query(relation.window(range), parameters, this::row);
        long through = rows.size() < limit
                ? relation.turn(last)
                : rows.get(rows.size() - 1).id();
        return new BlobMetaWindow(rows, relation.negative() ? Math.min(through, -1) : through, false);
    }

    List<BlobMetaRow> reload(Collection<Long> ids) throws EndpointException, InterruptedException {
        List<BlobMetaRow> rows = new ArrayList<>();
        for (BlobRelation relation : relations) {
            List<Long> here =
                    ids.stream().filter(relation::holds).map(relation::turn).toList();
            if (!here.isEmpty()) {
                rows.addAll(database.query(relation.byIds(), List.of(SqlArray.ofBigint(here)), this::row));
            }
        }
        return rows;
    }

    List<BlobMetaRow> withKeys(Collection<String> keys) throws EndpointException, InterruptedException {
        List<BlobMetaRow> rows = new ArrayList<>();
        for (BlobRelation relation : relations) {
            rows.addAll(database.query(relation.byKeys(), List.of(SqlArray.ofText(keys)), SCAN_LIMIT, this::row));
        }
        return rows;
    }

    /** Which of the keys HQ deleted; a table scan. */
    Set<String> deleted(Collection<String> keys) throws EndpointException, InterruptedException {
        return hasDeleted
                ? new HashSet<>(database.query(
                        "SELECT DISTINCT key FROM " + DELETED + " WHERE key = ANY(?)",
                        List.of(SqlArray.ofText(keys)),
                        SCAN_LIMIT,
                        row -> row.getString(1)))
                : Set.of();
    }

    boolean knowsDeleted() {
        return hasDeleted;
    }

    BlobMetaEstimate estimate(DateRange range) throws EndpointException, InterruptedException {
        BlobMetaEstimate sum = new BlobMetaEstimate(0, true);
        for (BlobRelation relation : relations) {
            sum = sum.plus(estimate(relation, range));
        }
        return sum;
    }

    private BlobMetaEstimate estimate(BlobRelation relation, DateRange range)
            throws EndpointException, InterruptedException {
        List<Object> dates = new ArrayList<>();
        addDates(range, dates);
        long analysed = analysedRows(relation);
        if (analysed < COUNT_BELOW) {
            Optional<Long> counted = count(relation.counted(range), dates);
            if (counted.isPresent()) {
                return new BlobMetaEstimate(counted.get(), true);
            }
        }
        return new BlobMetaEstimate(
                range.isAll() && analysed > 0 ? analysed : plannedRows(relation.counted(range), dates), false);
    }

    /** -1 or 0 if the table was never analysed. */
    private long analysedRows(BlobRelation relation) throws EndpointException, InterruptedException {
        return database.queryOne(
                        "SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(?)",
                        List.of(relation.table()),
                        row -> row.getLong(1))
                .orElse(0L);
    }

    private Optional<Long> count(String rows, List<Object> parameters) throws EndpointException, InterruptedException {
        try {
            return database
                    .query("SELECT count(*) FROM (" + rows + ") c", parameters, COUNT_LIMIT, row -> row.getLong(1))
                    .stream()
                    .findFirst();
        } catch (EndpointException e) {
            if (e.retryable()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private long plannedRows(String rows, List<Object> parameters) throws EndpointException, InterruptedException {
        String plan = database.queryOne("EXPLAIN (FORMAT JSON) " + rows, parameters, row -> row.getString(1))
                .orElse("[]");
        try {
            if (Json.read(plan, "EXPLAIN") instanceof List<?> plans
                    && !plans.isEmpty()
                    && plans.get(0) instanceof Map<?, ?> first
                    && first.get("Plan") instanceof Map<?, ?> top
                    && top.get("Plan Rows") instanceof Number number) {
                return number.longValue();
            }
        } catch (UserException e) {
            throw new EndpointException(
                    database.spec().endpoint(),
                    EndpointException.Kind.REFUSED,
                    "Tried to estimate rows on " + database.spec().endpoint() + " but the plan is not JSON",
                    e);
        }
        return 0;
    }

    private BlobMetaRow row(ResultSet row) throws SQLException {
        return new BlobMetaRow(
                alias,
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getInt(6),
                row.getObject(7, OffsetDateTime.class).toInstant(),
                row.getLong(8),
                optionalLong(row, 9));
    }

    private static OptionalLong optionalLong(ResultSet row, int column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
    }

    private static void addDates(DateRange range, List<Object> parameters) {
        range.from().ifPresent(parameters::add);
        range.until().ifPresent(parameters::add);
    }

    private static Set<String> columns(PostgresDatabase database, String table)
            throws EndpointException, InterruptedException {
        return new HashSet<>(database.query(
                "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped",
                List.of(table),
                row -> row.getString(1)));
    }

    private static boolean isView(PostgresDatabase database) throws EndpointException, InterruptedException {
        return database.queryOne(
                        "SELECT relkind = 'v' FROM pg_class WHERE oid = to_regclass(?)",
                        List.of(BlobRelation.META),
                        row -> row.getBoolean(1))
                .orElse(false);
    }

    private static void missing(Set<String> columns, List<String> needed, String place, Problems problems) {
        List<String> missing =
                needed.stream().filter(column -> !columns.contains(column)).toList();
        if (!missing.isEmpty()) {
            problems.add(place, columns.isEmpty() ? "no such table" : "has no columns " + missing);
        }
    }
}
