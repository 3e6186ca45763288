package org.cchq.migrate.kind.metadata;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.hq.TypeCode;
import org.cchq.migrate.store.row.SqlArray;

/** Whether rows are in the table as they should be. */
final class RowComparison {
    private final MetadataTable table;

    RowComparison(MetadataTable table) {
        this.table = table;
    }

    private record Found(long id, MetadataRow row) {}

    /** Modifiable. */
    List<Difference> of(PageRows page) throws EndpointException, InterruptedException {
        List<Difference> differences = new ArrayList<>();
        for (Map.Entry<MetadataShard, List<MetadataRow>> part :
                table.byShard(page.rows()).entrySet()) {
            Map<String, Found> found = found(
                    part.getKey(),
                    part.getValue().stream().map(MetadataRow::key).collect(Collectors.toSet()));
            for (MetadataRow row : part.getValue()) {
                compare(row, Optional.ofNullable(found.get(row.key()))).ifPresent(differences::add);
            }
        }
        for (Map.Entry<MetadataShard, List<PageRows.Named>> part : named(page).entrySet()) {
            Map<String, Found> found = found(
                    part.getKey(),
                    part.getValue().stream().map(PageRows.Named::key).collect(Collectors.toSet()));
            for (PageRows.Named entry : part.getValue()) {
                if (!found.containsKey(entry.key())) {
                    differences.add(Difference.namedRowGone(entry.parentId(), entry.key()));
                }
            }
        }
        return differences;
    }

    private Map<MetadataShard, List<PageRows.Named>> named(PageRows page) {
        return page.referencedEntries().stream()
                .collect(Collectors.groupingBy(entry -> table.shardOf(entry.parentId())));
    }

    private static Optional<Difference> compare(MetadataRow row, Optional<Found> found) {
        if (found.isEmpty()) {
            return Optional.of(Difference.missing(Difference.Kind.MISSING_ROW, row));
        }
        MetadataRow there = found.get().row();
        if (there.equals(row)) {
            return Optional.empty();
        }
        if (!there.parentId().equals(row.parentId())) {
            return Optional.of(Difference.missing(Difference.Kind.OTHER_PARENT, row));
        }
        List<String> fields = new ArrayList<>();
        note(fields, "domain", row.domain(), there.domain());
        note(fields, "name", row.name(), there.name());
        note(fields, "type_code", row.code(), there.code());
        note(fields, "content_type", row.contentType(), there.contentType());
        note(fields, "content_length", row.contentLength(), there.contentLength());
        return Optional.of(Difference.differs(row, found.get().id(), fields));
    }

    private static void note(List<String> fields, String name, Object expected, Object found) {
        if (!expected.equals(found)) {
            fields.add(name);
        }
    }

    private static Map<String, Found> found(MetadataShard shard, Set<String> keys)
            throws EndpointException, InterruptedException {
        Map<String, Found> found = new HashMap<>();
        shard.database()
                .query(
                        "SELECT id, domain, parent_id, name, key, type_code, content_type, content_length FROM "
                                + shard.table() + " WHERE key = ANY(?)",
                        List.of(SqlArray.ofText(keys)),
                        row -> new Found(
                                row.getLong(1),
                                new MetadataRow(
                                        row.getString(2),
                                        row.getString(3),
                                        row.getString(4),
                                        row.getString(5),
                                        TypeCode.of(row.getLong(6)).orElse(TypeCode.DEFAULT),
                                        Optional.ofNullable(row.getString(7)),
                                        row.getLong(8))))
                .forEach(row -> found.put(row.row().key(), row));
        return found;
    }
}
