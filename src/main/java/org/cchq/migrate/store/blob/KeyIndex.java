package org.cchq.migrate.store.blob;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.Sleeper;

/**
 * What is in a store, as its listing said: lengths by key. Costs one request per thousand keys to make and none to ask.
 * Memory stays below 64 MiB at any number of keys; the keys are in a file of 24 bytes each (12 GB for 500 million; twice
 * that while it is made). Threads may share it.
 */
public final class KeyIndex implements AutoCloseable {
    /** Hears how many keys were listed so far, in whole {@link #STEP}s. Called by listing threads, one at a time. */
    @FunctionalInterface
    public interface ProgressListener {
        void listed(long keys);
    }

    /** Keys between two calls of a {@link ProgressListener}. */
    public static final long STEP = 100_000;

    private static final String PREFIX = "key-index-";
    /** 24 MiB. */
    private static final int RUN_RECORDS = 1 << 20;

    private static final int MOST_LISTERS = 256;

    private final Path directory;
    private final SortedKeyFile keys;

    private KeyIndex(Path directory, SortedKeyFile keys) {
        this.directory = directory;
        this.keys = keys;
    }

    /**
     * Lists the whole store.
     *
     * @param directory for the index only; what an earlier index left there after a crash is removed
     * @param listers requests at once, 1 to 256
     * @param sleeper waits before a failed page is asked for again
     * @throws EndpointException if the store fails for good, or the directory's disk does
     */
    public static KeyIndex build(
            BlobStore store, Path directory, int listers, Sleeper sleeper, ProgressListener progress)
            throws EndpointException, InterruptedException {
        return build(store, directory, listers, sleeper, progress, RUN_RECORDS);
    }

    /**
     * As {@link #build}, with the {@linkplain BlobComparison#stamp stamp} of each blob in place of its length: two stores
     * that have the same stamp at a key have the same blob there.
     */
    public static KeyIndex ofStamps(
            BlobStore store, Path directory, int listers, Sleeper sleeper, ProgressListener progress)
            throws EndpointException, InterruptedException {
        return build(store, directory, listers, sleeper, progress, RUN_RECORDS, BlobComparison::stamp);
    }

    static KeyIndex build(
            BlobStore store, Path directory, int listers, Sleeper sleeper, ProgressListener progress, int runRecords)
            throws EndpointException, InterruptedException {
        return build(store, directory, listers, sleeper, progress, runRecords, BlobInfo::length);
    }

    private static KeyIndex build(
            BlobStore store,
            Path directory,
            int listers,
            Sleeper sleeper,
            ProgressListener progress,
            int runRecords,
            ToLongFunction<BlobInfo> kept)
            throws EndpointException, InterruptedException {
        if (listers < 1 || listers > MOST_LISTERS) {
            throw new IllegalArgumentException("listers must be 1 to " + MOST_LISTERS + ": " + listers);
        }
        try {
            Files.createDirectories(directory);
            removeIndexes(directory);
            Path own = Files.createTempDirectory(directory, PREFIX);
            try {
                KeyRuns runs = new KeyRuns(own, runRecords, kept);
                Steps steps = new Steps(progress);
                new ParallelListing(store, listers, sleeper, entries -> steps.reached(runs.add(entries))).run();
                return new KeyIndex(own, new SortedKeyFile(runs.merge()));
            } catch (IOException | EndpointException | InterruptedException | RuntimeException e) {
                remove(own);
                throw e;
            }
        } catch (IOException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw FileSystemBlobStore.interrupted(e);
            }
            throw new EndpointException(
                    "file system " + directory,
                    Kind.UNUSABLE,
                    "Tried to write the list of " + store.description() + " to " + directory + " but " + e
                            + "; it needs 48 bytes of disk per key",
                    e);
        }
    }

    /** The length of a blob when it was listed, or its stamp; empty if the key was not there. */
    public OptionalLong length(String key) {
        try {
            return keys.length(KeyHash.of(key));
        } catch (IOException e) {
            throw new UncheckedIOException("the list of keys in " + directory + " cannot be read", e);
        }
    }

    /** Number of keys. */
    public long size() {
        return keys.size();
    }

    /** Removes its files. */
    @Override
    public void close() {
        try {
            keys.close();
            remove(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("the list of keys in " + directory + " cannot be removed", e);
        }
    }

    private static void removeIndexes(Path directory) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, PREFIX + "*")) {
            for (Path index : left) {
                remove(index);
            }
        }
    }

    private static void remove(Path index) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> runs = Files.newDirectoryStream(index)) {
            runs.forEach(files::add);
        }
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
        Files.deleteIfExists(index);
    }

    /** Tells each step once, though pages arrive out of step. */
    private static final class Steps {
        private final ProgressListener progress;
        private long told;

        Steps(ProgressListener progress) {
            this.progress = progress;
        }

        synchronized void reached(long keys) {
            while (keys - told >= STEP) {
                told += STEP;
                progress.listed(told);
            }
        }
    }
}
