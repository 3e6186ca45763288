package org.cchq.migrate.kind.blobs;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.hq.RunFiles;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.migration.Finding;
import org.cchq.migrate.migration.Outcome;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two files of a run, named and written as HQ's {@code run_blob_migration} does:
 * {@code <slug>-blob-migration-<YYYYMMDDTHHMMSSZ>.txt} with one JSON record a line for each blob that a person has to
 * hear of, and {@code ...-summary.txt}, a copy of what was printed. Each line is flushed at once. Thread-safe.
 */
public final class MigrationLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MigrationLog.class);

    private final Path path;
    private final Writer records;
    private final Writer summary;

    private MigrationLog(Path path, Writer records, Writer summary) {
        this.path = path;
        this.records = records;
        this.summary = summary;
    }

    /**
     * Makes both files; named a second later where a run of the same second has made them.
     *
     * @throws UserException if the directory cannot be written
     */
    public static MigrationLog create(Path directory, String slug, Instant started) throws UserException {
        RunFiles files = RunFiles.of(directory, slug, started);
        Writer summary = RunFiles.create(files.summary());
        return new MigrationLog(files.log(), RunFiles.create(files.log()), summary);
    }

    public Path path() {
        return path;
    }

    /** One record: HQ's five fields, then {@code error}. */
    public void record(Finding finding) throws UserException {
        write(finding, "");
    }

    /** One record with a field {@code detail} more, which HQ's readers pass over. */
    public void recordInDetail(Finding finding) throws UserException {
        write(finding, ", \"detail\": " + Json.writeLikePython(finding.detail()));
    }

    private void write(Finding finding, String more) throws UserException {
        String fields = finding.record();
        String body = fields.substring(0, fields.length() - 1);
        try {
            RunFiles.line(records, body + ", \"error\": \"" + error(finding.outcome()) + "\"" + more + "}");
        } catch (IOException e) {
            throw new UserException(
                    path + ": cannot be written (" + e + "); make room, then the same command goes on", e);
        }
    }

    /** A line that was printed. */
    public void summary(String text) {
        try {
            RunFiles.line(summary, text);
        } catch (IOException e) {
            LOG.warn("the summary beside {} cannot be written: {}", path, e.toString());
        }
    }

    /** HQ's five fields of a blob, as one JSON object in Python's words, without its {@code error}. */
    static String fields(BlobMetaRow row) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("blobmeta_id", row.id());
        fields.put("domain", row.domain());
        fields.put("type_code", row.typeCode());
        fields.put("parent_id", row.parentId());
        fields.put("blob_key", row.key());
        return Json.writeLikePython(fields);
    }

    /** The record's {@code error}: HQ's two words where they fit, a plain word for what HQ does not tell apart. */
    static String error(Outcome outcome) {
        return switch (outcome) {
            case DENIED -> "denied";
            case DIFFERS -> "differs";
            case MISSING_ON_TARGET -> "missing on new";
            case FAILED -> "too many retries";
            default -> "not found";
        };
    }

    @Override
    public void close() {
        try (summary;
                records) {
            records.flush();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("cannot close the migration log", e);
        }
    }
}
