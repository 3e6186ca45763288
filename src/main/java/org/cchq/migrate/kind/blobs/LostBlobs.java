package org.cchq.migrate.kind.blobs;

import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointPatience;
import org.cchq.migrate.kind.blobs.BlobLogCounts.Cell;
import org.cchq.migrate.migration.CheckedClass;

/**
 * Finds out what became of blobs that are in neither store: whether a metadata row or a document still refers to them, or
 * HQ noted their deletion. Asks for many at a time; keeps what it lists in a temporary file. Thread-safe.
 */
final class LostBlobs implements Closeable {
    /** Deletions are looked up by a table scan: the more keys at a time, the fewer scans. */
    private static final int BATCH = 5_000;

    private final BlobMetaTable rows;
    private final EndpointPatience patience;
    private final BlobLogCounts counts;
    private final BiConsumer<String, CheckedClass> checked;
    private final Path list;
    private final BufferedWriter writer;
    private long added;
    private long explained;
    private List<Candidate> waiting = new ArrayList<>();

    LostBlobs(
            BlobMetaTable rows,
            EndpointPatience patience,
            BlobLogCounts counts,
            BiConsumer<String, CheckedClass> checked)
            throws IOException {
        this.rows = rows;
        this.patience = patience;
        this.counts = counts;
        this.checked = checked;
        this.list = Files.createTempFile("check_blob_logs-", ".txt");
        this.writer = Files.newBufferedWriter(list);
    }

    /** What is known so far of a blob that is in neither store. */
    enum Parent {
        /** Its CouchDB document names it. */
        REFERS,
        /** It is no CouchDB document, or one that does not name the blob, or there is none. */
        DOES_NOT,
        /** CouchDB could not be asked. */
        NOT_ASKED
    }

    private record Candidate(BlobLogRecord record, Parent parent) {}

    void add(BlobLogRecord record, Parent parent) throws EndpointException, InterruptedException {
        List<Candidate> batch;
        synchronized (this) {
            added++;
            waiting.add(new Candidate(record, parent));
            if (waiting.size() < BATCH) {
                return;
            }
            batch = waiting;
            waiting = new ArrayList<>();
        }
        explain(batch);
    }

    /** Looks the rest up. */
    void finish() throws EndpointException, InterruptedException {
        List<Candidate> batch;
        synchronized (this) {
            batch = waiting;
            waiting = new ArrayList<>();
        }
        explain(batch);
    }

    /** Blobs that were added and are not looked up. */
    synchronized long notLookedUp() {
        return added - explained;
    }

    /** Shows every lost blob, in the order of discovery. */
    void list(Consumer<String> out) throws IOException {
        synchronized (this) {
            writer.flush();
        }
        try (Stream<String> lines = Files.lines(list)) {
            lines.forEach(out);
        }
    }

    private void explain(List<Candidate> batch) throws EndpointException, InterruptedException {
        List<String> keys = batch.stream()
                .map(candidate -> candidate.record().key())
                .distinct()
                .toList();
        Map<String, List<BlobMetaRow>> found = decisive(() -> rows.withKeys(keys));
        List<String> gone = keys.stream().filter(key -> !found.containsKey(key)).toList();
        Set<String> deleted = decisive(() -> rows.deleted(gone));
        synchronized (this) {
            explained += batch.size();
        }
        for (Candidate candidate : batch) {
            BlobLogRecord record = candidate.record();
            List<BlobMetaRow> stillThere = found.getOrDefault(record.key(), List.of());
            if (!stillThere.isEmpty()) {
                counts.add(record.typeCode(), Cell.LOST_WITH_ROW);
                checked.accept(record.key(), CheckedClass.LOST_WITH_ROW);
                BlobMetaRow row = stillThere.get(0);
                write("Lost: " + record.json() + " blob metadata row " + row.id() + " in database " + row.shard());
            } else if (candidate.parent() == Parent.REFERS) {
                counts.add(record.typeCode(), Cell.LOST_WITH_DOCUMENT);
                checked.accept(record.key(), CheckedClass.LOST_WITH_DOCUMENT);
                write("Lost: " + record.json() + " its document names it");
            } else if (deleted.contains(record.key())) {
                counts.add(record.typeCode(), Cell.DELETED);
                checked.accept(record.key(), CheckedClass.DELETED);
            } else if (candidate.parent() == Parent.NOT_ASKED) {
                counts.add(record.typeCode(), Cell.PARENT_NOT_ASKED);
                checked.accept(record.key(), CheckedClass.PARENT_NOT_ASKED);
            } else {
                counts.add(record.typeCode(), Cell.UNEXPLAINED);
                checked.accept(record.key(), CheckedClass.NOT_REFERENCED);
            }
        }
    }

    /** Thousands of records hang on the answer: without it the run ends, rather than leave them out of the counts. */
    private <T> T decisive(EndpointPatience.Request<T> request) throws EndpointException, InterruptedException {
        try {
            return patience.ask(request);
        } catch (EndpointException e) {
            throw new EndpointException(
                    e.endpoint(),
                    EndpointException.Kind.UNUSABLE,
                    "Gave up after several attempts: " + e.getMessage(),
                    e);
        }
    }

    private synchronized void write(String line) {
        try {
            writer.write(line);
            writer.newLine();
        } catch (IOException e) {
            throw new UncheckedIOException("writing " + list, e);
        }
    }

    @Override
    public void close() throws IOException {
        writer.close();
        Files.deleteIfExists(list);
    }
}
