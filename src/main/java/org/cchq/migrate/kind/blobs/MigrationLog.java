package org.cchq.migrate.kind.blobs;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.cchq.migrate.base.UserException;
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
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

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
        Instant named = started;
        while (Files.exists(log(directory, slug, named)) || Files.exists(summary(directory, slug, named))) {
            named = named.plusSeconds(1);
        }
        Path path = log(directory, slug, named);
        Path summary = summary(directory, slug, named);
        try {
            Writer summaryWriter = open(summary);
            return new MigrationLog(path, open(path), summaryWriter);
        } catch (IOException e) {
            throw new UserException(
                    directory + ": cannot be written (" + e.getMessage()
                            + "); make it, owned by the user that runs this",
                    e);
        }
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
            line(records, body + ", \"error\": \"" + error(finding.outcome()) + "\"" + more + "}");
        } catch (IOException e) {
            throw new UserException(
                    path + ": cannot be written (" + e + "); make room, then the same command goes on", e);
        }
    }

    /** A line that was printed. */
    public void summary(String text) {
        try {
            line(summary, text);
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

    private static void line(Writer writer, String text) throws IOException {
        synchronized (writer) {
            writer.write(text);
            writer.write('\n');
            writer.flush();
        }
    }

    private static Writer open(Path path) throws IOException {
        return Files.newBufferedWriter(
                path, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    private static Path log(Path directory, String slug, Instant started) {
        return directory.resolve(slug + "-blob-migration-" + STAMP.format(started) + ".txt");
    }

    private static Path summary(Path directory, String slug, Instant started) {
        return directory.resolve(slug + "-blob-migration-" + STAMP.format(started) + "-summary.txt");
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
