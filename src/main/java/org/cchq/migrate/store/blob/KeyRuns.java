package org.cchq.migrate.store.blob;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.ToLongFunction;

/** Sorted runs of records in files, and their merge into one. Many threads may add; one merges when all is added. */
final class KeyRuns {
    /** Files read at once by one merge: what bounds its memory (32 KiB each) and its open files. */
    private static final int FAN_IN = 128;

    private final Path directory;
    private final ToLongFunction<BlobInfo> kept;
    private final KeyRecords gathered;
    private final Deque<Path> runs = new ArrayDeque<>();
    private int files;
    private long added;

    /**
     * @param runRecords records held in memory, 24 bytes each
     * @param kept what is kept of each blob
     */
    KeyRuns(Path directory, int runRecords, ToLongFunction<BlobInfo> kept) {
        this.directory = directory;
        this.kept = kept;
        this.gathered = new KeyRecords(runRecords);
    }

    /** Adds the entries of one page; the number of entries added so far. */
    synchronized long add(List<BlobPage.Entry> entries) throws IOException {
        for (BlobPage.Entry entry : entries) {
            if (gathered.isFull()) {
                spill();
            }
            gathered.add(KeyHash.of(entry.key()), kept.applyAsLong(entry.info()));
        }
        added += entries.size();
        return added;
    }

    /** One sorted file with all records. */
    synchronized Path merge() throws IOException {
        if (!gathered.isEmpty() || runs.isEmpty()) {
            spill();
        }
        while (runs.size() > 1) {
            List<Path> some = new ArrayList<>();
            while (some.size() < FAN_IN && !runs.isEmpty()) {
                some.add(runs.remove());
            }
            runs.add(merge(some));
        }
        return runs.remove();
    }

    private void spill() throws IOException {
        Path run = newFile();
        gathered.spill(run);
        runs.add(run);
    }

    private Path merge(List<Path> some) throws IOException {
        Path merged = newFile();
        List<KeyRecordReader> readers = new ArrayList<>();
        try (KeyRecordWriter writer = new KeyRecordWriter(merged)) {
            PriorityQueue<KeyRecordReader> heads =
                    new PriorityQueue<>((a, b) -> KeyHash.compare(a.high(), a.low(), b.high(), b.low()));
            for (Path run : some) {
                KeyRecordReader reader = new KeyRecordReader(run);
                readers.add(reader);
                if (reader.next()) {
                    heads.add(reader);
                }
            }
            for (KeyRecordReader head = heads.poll(); head != null; head = heads.poll()) {
                writer.write(head.high(), head.low(), head.length());
                if (head.next()) {
                    heads.add(head);
                }
            }
        } finally {
            for (KeyRecordReader reader : readers) {
                reader.close();
            }
        }
        for (Path run : some) {
            Files.delete(run);
        }
        return merged;
    }

    private Path newFile() {
        return directory.resolve("run-" + files++);
    }
}
