package org.cchq.migrate.kind.doctypes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * What the last comparison of both databases found, in {@code doctype-SLUG-verified.json}: the evidence that a cleanup asks for.
 *
 * @param began when the comparison began
 * @param documents compared
 * @param findings their sorts and how many; empty if the databases agree
 * @param lacking documents that would be lost if they were deleted in the source: {@link Lacking}
 * @param complete it went to its end
 * @param between both databases, in words
 */
public record VerificationRecord(
        Instant began, long documents, Map<String, Long> findings, long lacking, boolean complete, String between) {
    /** How long a comparison says something. */
    public static final Duration FRESH = Duration.ofHours(24);

    public VerificationRecord {
        findings = Map.copyOf(findings);
    }

    private static VerificationRecord of(
            Instant began, DoctypeVerification.Result result, long lacking, DoctypeEnds ends) {
        Map<String, Long> findings = new TreeMap<>();
        result.findings().forEach((sort, count) -> findings.put(sort.word(), count));
        return new VerificationRecord(
                began, result.documents(), findings, lacking, result.stoppedBy().isEmpty(), between(ends));
    }

    /** Keeps it, in place of the one before. */
    public static VerificationRecord keep(
            Path directory, Instant began, DoctypeVerification.Result result, long lacking, DoctypeEnds ends)
            throws UserException {
        VerificationRecord record = of(began, result, lacking, ends);
        Path file = file(directory, ends.migrator());
        Path next = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.writeString(next, Json.writePretty(record.fields()) + "\n");
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UserException(file + ": cannot be written: " + e, e);
        }
        return record;
    }

    /** Empty if none was made. */
    public static Optional<VerificationRecord> read(Path directory, Migrator migrator) throws UserException {
        Path file = file(directory, migrator);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Map<String, @Nullable Object> fields = Json.readObject(Files.readString(file), file.toString());
            Map<String, Long> findings = new TreeMap<>();
            if (fields.get("findings") instanceof Map<?, ?> found) {
                found.forEach((sort, count) ->
                        findings.put(String.valueOf(sort), count instanceof Number number ? number.longValue() : 1L));
            }
            return Optional.of(new VerificationRecord(
                    Instant.parse(String.valueOf(fields.get("began"))),
                    fields.get("documents") instanceof Number number ? number.longValue() : 0,
                    findings,
                    fields.get("lacking") instanceof Number number ? number.longValue() : Long.MAX_VALUE,
                    Boolean.TRUE.equals(fields.get("complete")),
                    String.valueOf(fields.get("between"))));
        } catch (IOException | DateTimeParseException e) {
            throw new UserException(file + ": cannot be read (" + e + "); remove it and run verify_doctype again", e);
        }
    }

    /**
     * What keeps a cleanup from relying on it; empty if nothing does. What only the target has, or has newer or has
     * deleted, is the site's own work since the flip.
     *
     * @param flipped when the site began to use the target
     */
    public Optional<String> objection(Instant flipped, Instant now, DoctypeEnds ends) {
        if (!between.equals(between(ends))) {
            return Optional.of("the last comparison was of other databases: " + between);
        }
        if (!complete) {
            return Optional.of("the last comparison, of " + began + ", did not come to its end");
        }
        if (began.isBefore(flipped)) {
            return Optional.of("the last comparison, of " + began + ", was made before the flip, " + flipped);
        }
        if (began.plus(FRESH).isBefore(now)) {
            return Optional.of("the last comparison, of " + began + ", is older than " + FRESH.toHours() + " hours");
        }
        return lacking == 0
                ? Optional.empty()
                : Optional.of("the last comparison, of " + began + ", found " + lacking
                        + " documents that the target lacks something of: " + new TreeMap<>(findings));
    }

    private static String between(DoctypeEnds ends) {
        return ends.source().endpoint() + " and " + ends.target().endpoint();
    }

    private static Path file(Path directory, Migrator migrator) {
        return directory.resolve("doctype-" + migrator.slug() + "-verified.json");
    }

    private Map<String, @Nullable Object> fields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("began", began.toString());
        fields.put("documents", documents);
        fields.put("findings", new TreeMap<>(findings));
        fields.put("lacking", lacking);
        fields.put("complete", complete);
        fields.put("between", between);
        return fields;
    }
}
