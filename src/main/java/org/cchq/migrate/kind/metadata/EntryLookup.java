package org.cchq.migrate.kind.metadata;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.hq.TypeCode;
import org.cchq.migrate.store.row.PostgresDatabase;
import org.cchq.migrate.store.row.SqlArray;

/** Whether the rows of documents and models have an entry there. Forms and cases may also be HQ's SQL ones. */
final class EntryLookup {
    private static final String FORMS = "form_processor_xforminstancesql";
    private static final String CASES = "form_processor_commcarecasesql";

    private final MetadataSite site;
    private final Map<Integer, String> partOfCode = new HashMap<>();

    EntryLookup(MetadataSite site) {
        this.site = site;
        for (DocumentType type : DocumentType.values()) {
            partOfCode.put(type.code().code(), type.name());
        }
    }

    /** @param code number of the type */
    record Row(long id, String parentId, String key, int code) {}

    /** The next rows whose type belongs to documents or models. */
    List<Row> page(MetadataShard shard, long after, int limit) throws EndpointException, InterruptedException {
        Set<Long> codes = new HashSet<>();
        partOfCode.keySet().forEach(code -> codes.add(code.longValue()));
        for (SqlModel model : SqlModel.values()) {
            codes.add((long) model.code().code());
        }
        return shard.database()
                .query(
                        "SELECT id, parent_id, key, type_code FROM " + shard.table()
                                + " WHERE id > ? AND type_code = ANY(?)"
                                + " AND (type_code <> 1 OR parent_id = 'IcdsFile') ORDER BY id LIMIT ?",
                        List.of(after, SqlArray.ofBigint(codes), limit),
                        row -> new Row(row.getLong(1), row.getString(2), row.getString(3), row.getInt(4)));
    }

    /** Those of the rows that are still there and still have no entry. */
    List<Row> still(MetadataShard shard, List<Row> rows) throws EndpointException, InterruptedException {
        Set<Long> there = new HashSet<>(shard.database()
                .query(
                        "SELECT id FROM " + shard.table() + " WHERE id = ANY(?)",
                        List.of(SqlArray.ofBigint(rows.stream().map(Row::id).toList())),
                        row -> row.getLong(1)));
        return withoutEntry(
                shard, rows.stream().filter(row -> there.contains(row.id())).toList());
    }

    /** Those of the rows that have no entry. */
    List<Row> withoutEntry(MetadataShard shard, List<Row> rows) throws EndpointException, InterruptedException {
        Set<String> keys = new HashSet<>();
        for (CouchPart part : site.couch()) {
            PageRows named = part.some(rows.stream()
                    .filter(row -> part.holds(row.code()))
                    .map(Row::parentId)
                    .distinct()
                    .toList());
            named.rows().forEach(row -> keys.add(row.parentId() + "\0" + row.key()));
            named.referencedEntries().forEach(entry -> keys.add(entry.parentId() + "\0" + entry.key()));
        }
        for (SqlModel model : SqlModel.values()) {
            List<Row> ofModel = rows.stream()
                    .filter(row -> row.code() == model.code().code())
                    .toList();
            if (!ofModel.isEmpty()
                    && site.models().stream().anyMatch(part -> part.name().equals(model.modelName()))) {
                Set<String> there = new HashSet<>(column(
                        site.table().main(),
                        "SELECT " + model.keyColumn() + " FROM " + model.table() + " WHERE " + model.keyColumn()
                                + " = ANY(?)",
                        ofModel.stream().map(Row::key).toList()));
                ofModel.stream()
                        .filter(row -> there.contains(row.key()))
                        .forEach(row -> keys.add(row.parentId() + "\0" + row.key()));
            }
        }
        List<Row> without = new ArrayList<>(rows);
        without.removeIf(row -> keys.contains(row.parentId() + "\0" + row.key()));
        without.removeAll(ofSql(shard, without, TypeCode.FORM_XML, FORMS, "form_id"));
        without.removeAll(ofSql(shard, without, TypeCode.DEFAULT, CASES, "case_id"));
        return without;
    }

    /** Rows of forms or cases that live in SQL. */
    private static List<Row> ofSql(MetadataShard shard, List<Row> rows, TypeCode code, String table, String column)
            throws EndpointException, InterruptedException {
        List<Row> candidates =
                rows.stream().filter(row -> row.code() == code.code()).toList();
        if (candidates.isEmpty() || !MetadataShard.exists(shard.database(), table)) {
            return List.of();
        }
        Set<String> there = new HashSet<>(column(
                shard.database(),
                "SELECT " + column + " FROM " + table + " WHERE " + column + " = ANY(?)",
                candidates.stream().map(Row::parentId).toList()));
        return candidates.stream().filter(row -> there.contains(row.parentId())).toList();
    }

    private static List<String> column(PostgresDatabase database, String sql, List<String> values)
            throws EndpointException, InterruptedException {
        return database.query(sql, List.of(SqlArray.ofText(values)), row -> row.getString(1));
    }
}
