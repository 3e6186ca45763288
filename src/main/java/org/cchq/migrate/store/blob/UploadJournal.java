package org.cchq.migrate.store.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The uploads that were begun in a directory and have not ended, so that none outlives a killed process for good. A text
 * file of JSON objects, one a line: {@code {"begun": ID, "key": KEY, "target": STORE}} on the disk before the first part is sent,
 * {@code {"ended": ID}} when it was completed or aborted. There is no file while there is nothing to remember. Thread-safe;
 * for one process at a time.
 */
final class UploadJournal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UploadJournal.class);

    private final Path file;
    private final String target;
    private final Map<String, Entry> open = new LinkedHashMap<>();
    private @Nullable FileChannel channel;

    /**
     * An upload that has not ended.
     *
     * @param target the store that has it
     */
    record Entry(String key, String id, String target) {}

    private UploadJournal(Path file, String target) {
        this.file = file;
        this.target = target;
    }

    /** @throws UserException if the file cannot be read or written */
    static UploadJournal open(Path file, String target) throws UserException {
        UploadJournal journal = new UploadJournal(file, target);
        try {
            if (Files.exists(file)) {
                for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                    journal.read(line);
                }
                journal.compact();
            }
        } catch (IOException e) {
            throw new UserException(
                    file + ": cannot be read or written (" + e + "); it names uploads that a killed run has left on "
                            + target,
                    e);
        }
        return journal;
    }

    private void read(String line) {
        try {
            Map<String, ?> fields = Json.readObject(line, file.toString());
            if (fields.get("ended") instanceof String id) {
                open.remove(id);
            } else if (fields.get("begun") instanceof String id
                    && fields.get("key") instanceof String key
                    && fields.get("target") instanceof String store) {
                open.put(id, new Entry(key, id, store));
            }
        } catch (UserException e) {
            // The last line of a machine that lost its power.
            LOG.warn("{} has a line that is not understood, and left aside: {}", file, line);
        }
    }

    /** Those of this target that have not ended. */
    synchronized List<Entry> left() {
        return open.values().stream()
                .filter(entry -> entry.target().equals(target))
                .toList();
    }

    /** Before anything is sent to the upload. */
    synchronized void begun(String key, String id) {
        Entry entry = new Entry(key, id, target);
        open.put(id, entry);
        append(begunLine(entry));
    }

    synchronized void ended(String id) {
        if (open.remove(id) != null) {
            append(Json.write(Map.of("ended", id)));
        }
    }

    /** A full disk is not this file's to tell: the ledger beside it ends the run. */
    private void append(String line) {
        try {
            FileChannel to = channel;
            if (to == null) {
                to = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                channel = to;
            }
            write(to, line);
            to.force(false);
        } catch (IOException e) {
            LOG.warn("{} cannot be written ({}); an upload that is killed now may stay unfinished", file, e.toString());
        }
    }

    private static void write(FileChannel to, String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }

    private static String begunLine(Entry entry) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("begun", entry.id());
        fields.put("key", entry.key());
        fields.put("target", entry.target());
        return Json.write(fields);
    }

    /** Rewrites the file with what is open; removes it if that is nothing. */
    private void compact() throws IOException {
        if (open.isEmpty()) {
            Files.deleteIfExists(file);
            return;
        }
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel to = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            for (Entry entry : open.values()) {
                write(to, begunLine(entry));
            }
            to.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public synchronized void close() {
        try {
            FileChannel used = channel;
            if (used != null) {
                used.close();
                channel = null;
            }
            compact();
        } catch (IOException e) {
            LOG.warn("{} cannot be tidied up: {}", file, e.toString());
        }
    }
}
