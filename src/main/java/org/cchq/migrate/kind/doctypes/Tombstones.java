package org.cchq.migrate.kind.doctypes;

import java.util.LinkedHashMap;
import java.util.Map;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.jspecify.annotations.Nullable;

/** Deletions that keep nothing of the document: a body sent with {@code _deleted} would be kept for ever. */
final class Tombstones {
    private Tombstones() {}

    /** {@code {_id, _rev, _deleted}}, as an ordinary edit of that revision. */
    static Document of(Document revision) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("_id", revision.id());
        fields.put("_rev", revision.rev());
        fields.put("_deleted", true);
        return new Document(fields);
    }
}
