package org.cchq.migrate.kind.doctypes;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * Documents that could not be copied, with the reason: one JSON object a line. No checkpoint passes them before they are
 * written here, and each run begins with them. Thread-safe.
 */
final class FailedDocuments {
    /** More of them are no accident of single documents. */
    static final int MOST = 10_000;

    private final RecordFile file;
    private final Map<String, String> reasons = new LinkedHashMap<>();
    private boolean changed;

    private FailedDocuments(RecordFile file) {
        this.file = file;
    }

    static FailedDocuments read(Path stateDirectory, String slug, Direction direction) throws UserException {
        FailedDocuments failed = new FailedDocuments(
                new RecordFile(stateDirectory.resolve("doctype-" + slug + direction.suffix() + "-failed.ndjson")));
        for (String line : failed.file.text().orElse("").lines().toList()) {
            Map<String, @Nullable Object> fields =
                    Json.readObject(line, failed.file.path().toString());
            failed.reasons.put(Objects.toString(fields.get("id"), ""), Objects.toString(fields.get("reason"), ""));
        }
        return failed;
    }

    synchronized List<String> ids() {
        return List.copyOf(reasons.keySet());
    }

    synchronized int size() {
        return reasons.size();
    }

    Path path() {
        return file.path();
    }

    synchronized void settled(List<String> ids, Map<String, String> failures) {
        for (String id : ids) {
            changed |= reasons.remove(id) != null;
        }
        reasons.putAll(failures);
        changed |= !failures.isEmpty();
    }

    /** On the disk when it returns. */
    synchronized void save() throws UserException {
        if (!changed) {
            return;
        }
        if (reasons.isEmpty()) {
            file.delete();
        } else {
            StringBuilder text = new StringBuilder();
            reasons.forEach((id, reason) -> {
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("id", id);
                fields.put("reason", reason);
                text.append(Json.write(fields)).append('\n');
            });
            file.write(text.toString());
        }
        changed = false;
        if (reasons.size() > MOST) {
            throw new UserException(reasons.size() + " documents could not be copied, listed in " + file.path()
                    + " with the reasons; the run ends here. Nothing is lost: start the same command again when the"
                    + " reason is gone.");
        }
    }
}
