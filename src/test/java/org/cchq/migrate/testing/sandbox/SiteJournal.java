package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.jspecify.annotations.Nullable;

/** What the processes of the site on one host did, one JSON object a line, written when it is done. Threads may share it. */
final class SiteJournal implements AutoCloseable {
    private final Writer out;

    private SiteJournal(Writer out) {
        this.out = out;
    }

    /**
     * One thing that was done.
     *
     * @param operation {@code put}, {@code get}, {@code delete} or {@code compress}; {@code start} and {@code stop} of a
     *     process
     * @param detail where a read came from, what the process started with, what went wrong
     * @param blob as it is after that, or as it was before its deletion
     */
    record Entry(Instant at, long pid, String operation, boolean ok, String detail, Optional<StoredAs> blob) {
        private String line() {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("at", at.toString());
            line.put("pid", pid);
            line.put("op", operation);
            line.put("ok", ok);
            line.put("detail", detail);
            blob.ifPresent(stored -> line.put("blob", stored.fields()));
            return Json.write(line);
        }

        private static Entry of(String line) {
            try {
                Map<String, @Nullable Object> fields = Json.readObject(line, "journal of the site");
                return new Entry(
                        Instant.parse(String.valueOf(fields.get("at"))),
                        ((Number) Objects.requireNonNull(fields.get("pid"))).longValue(),
                        String.valueOf(fields.get("op")),
                        Boolean.TRUE.equals(fields.get("ok")),
                        String.valueOf(fields.get("detail")),
                        fields.get("blob") instanceof Map<?, ?> blob
                                ? Optional.of(StoredAs.of(blob))
                                : Optional.empty());
            } catch (UserException e) {
                throw new IllegalStateException(line, e);
            }
        }
    }

    static SiteJournal append(Path file) throws IOException {
        return new SiteJournal(Files.newBufferedWriter(
                file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    }

    synchronized void add(String operation, boolean ok, String detail, Optional<StoredAs> blob) {
        try {
            out.write(
                    new Entry(Instant.now(), ProcessHandle.current().pid(), operation, ok, detail, blob).line() + "\n");
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All entries so far, in order; a last line without an end is left out. */
    static List<Entry> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        String text = Files.readString(file);
        try (Stream<String> lines =
                text.substring(0, text.lastIndexOf('\n') + 1).lines()) {
            return lines.map(Entry::of).toList();
        }
    }

    /** Tells what became of each blob: stored (anew) or deleted. What failed changes nothing. */
    static void replay(List<Entry> entries, Consumer<StoredAs> stored, Consumer<Entry> deleted) {
        for (Entry entry : entries) {
            if (!entry.ok()) {
                continue;
            }
            switch (entry.operation()) {
                case "put", "compress" -> entry.blob().ifPresent(stored);
                case "delete" -> deleted.accept(entry);
                default -> {}
            }
        }
    }

    @Override
    public synchronized void close() throws IOException {
        out.close();
    }
}
