package org.cchq.migrate.kind.blobs;

import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.hq.TypeCode;
import org.cchq.migrate.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * A line of a migration log that says which blob is missing.
 *
 * @param json the record as Python writes it, its fields in the order as read
 * @param parentId "" if it has none, which only matters where the parent is a CouchDB document
 */
record BlobLogRecord(String json, String key, long typeCode, String parentId) {
    /** What a line turned out to be: a record, or why not. */
    record Read(Optional<BlobLogRecord> record, String json, String problem) {}

    static Read read(@Nullable Object value) {
        String json = Json.writeLikePython(value);
        if (!(value instanceof Map<?, ?> fields)) {
            return new Read(Optional.empty(), json, "not a record");
        }
        if (!fields.containsKey("blob_key")
                && (fields.containsKey("blob_identifier") || fields.containsKey("doc_type"))) {
            return new Read(
                    Optional.empty(),
                    json,
                    "a record of before the blob metadata (2018): it names no blob_key and no type_code;"
                            + " back-fill again and check the new log");
        }
        if (!(fields.get("blob_key") instanceof String key)) {
            return new Read(Optional.empty(), json, "blob_key is missing or no text");
        }
        if (!(fields.get("type_code") instanceof Integer code)) {
            return new Read(Optional.empty(), json, "type_code is missing or no whole number");
        }
        String parent = fields.get("parent_id") instanceof String text ? text : "";
        boolean needsParent = TypeCode.of(code).flatMap(TypeCode::couchParent).isPresent();
        if (needsParent && parent.isEmpty()) {
            return new Read(Optional.empty(), json, "parent_id is missing or no text");
        }
        return new Read(Optional.of(new BlobLogRecord(json, key, code, parent)), json, "");
    }
}
