package org.cchq.migrate.kind.metadata;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.migration.Outcome;

/**
 * Something that documents or models and {@code blobs_blobmeta} do not agree in.
 *
 * @param place database or shard
 * @param id of the row; 0 if there is none
 * @param document or parent
 * @param row that should be there; empty if it is another matter
 * @param record for the log
 */
record Difference(
        Kind kind,
        String place,
        long id,
        String document,
        String key,
        Optional<MetadataRow> row,
        Map<String, Object> record) {
    /** What sort of difference. */
    enum Kind {
        /** An entry has no row. */
        MISSING_ROW("missing row", Outcome.MISSING_ON_TARGET),
        /** An entry has a row with other fields. */
        DIFFERENT_FIELDS("different fields", Outcome.DIFFERS),
        /** The entry's key has a row of another parent only. */
        OTHER_PARENT("row of another parent", Outcome.DIFFERS),
        /** An entry names a row by id that is not there. */
        NAMED_ROW_GONE("named row gone", Outcome.MISSING_ON_TARGET),
        /** A row has no entry. */
        NO_ENTRY("row without entry", Outcome.MISSING_ON_SOURCE),
        /** No row can be made of an entry. */
        REFUSED("refused", Outcome.FAILED),
        /** No store has the blob. */
        NO_BLOB("no blob", Outcome.MISSING_ON_SOURCE);

        private final String word;
        private final Outcome outcome;

        Kind(String word, Outcome outcome) {
            this.word = word;
            this.outcome = outcome;
        }

        String word() {
            return word;
        }

        Outcome outcome() {
            return outcome;
        }
    }

    static Difference missing(Kind kind, MetadataRow row) {
        return new Difference(kind, "", 0, row.parentId(), row.key(), Optional.of(row), record(kind, row, List.of()));
    }

    static Difference differs(MetadataRow row, long id, List<String> fields) {
        return new Difference(
                Kind.DIFFERENT_FIELDS,
                "",
                id,
                row.parentId(),
                row.key(),
                Optional.empty(),
                record(Kind.DIFFERENT_FIELDS, row, fields));
    }

    static Difference noBlob(MetadataRow row) {
        return new Difference(
                Kind.NO_BLOB, "", 0, row.parentId(), row.key(), Optional.empty(), record(Kind.NO_BLOB, row, List.of()));
    }

    static Difference namedRowGone(String parent, String key) {
        return plain(Kind.NAMED_ROW_GONE, "", 0, parent, key);
    }

    static Difference noEntry(MetadataShard shard, EntryLookup.Row row) {
        return plain(Kind.NO_ENTRY, shard.database().spec().alias(), row.id(), row.parentId(), row.key());
    }

    static Difference refused(String document) {
        return plain(Kind.REFUSED, "", 0, document, "");
    }

    private static Difference plain(Kind kind, String place, long id, String parent, String key) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("error", kind.word());
        if (id != 0) {
            record.put("shard", place);
            record.put("blobmeta_id", id);
        }
        record.put("parent_id", parent);
        record.put("blob_key", key);
        return new Difference(kind, place, id, parent, key, Optional.empty(), record);
    }

    private static Map<String, Object> record(Kind kind, MetadataRow row, List<String> fields) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("error", kind.word());
        record.put("domain", row.domain());
        record.put("type_code", row.code().code());
        record.put("parent_id", row.parentId());
        record.put("name", row.name());
        record.put("blob_key", row.key());
        if (!fields.isEmpty()) {
            record.put("fields", fields);
        }
        return record;
    }
}
