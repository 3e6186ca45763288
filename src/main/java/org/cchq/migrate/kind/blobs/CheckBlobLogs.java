package org.cchq.migrate.kind.blobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointPatience;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.hq.CouchDatabases;
import org.cchq.migrate.hq.PythonRepr;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.migration.CheckedClass;
import org.cchq.migrate.store.blob.BlobStore;
import org.jspecify.annotations.Nullable;

/**
 * The command {@code check_blob_logs FILE... [--migrate] [--num-workers N]}: looks the blobs of migration logs up in both
 * stores, and their parents in CouchDB, with HQ's words, lines and order of blocks. What HQ does not look at, metadata
 * rows and deletions, follows in a section of its own.
 */
public final class CheckBlobLogs {
    /** Workers if the command line says nothing. */
    public static final int DEFAULT_WORKERS = 10;

    /** How long records that are being checked may go on after an interruption; less than what a signal is given. */
    private static final long GRACE_SECONDS = 20;

    private static final long REST_SECONDS = 5;

    private final BlobStore target;
    private final BlobStore source;
    private final BlobMetaTable rows;
    private final CouchParents parents;
    private final EndpointPatience patience;
    private final Consumer<String> out;
    private final BiConsumer<String, CheckedClass> checked;
    private final BlobLogReport report;
    private final LongAdder malformed = new LongAdder();
    private final LongAdder notChecked = new LongAdder();
    private final BlobLogCounts counts = new BlobLogCounts();
    private final AtomicReference<@Nullable Throwable> fatal = new AtomicReference<>();

    /**
     * @param out takes lines without their ends; called by one thread at a time
     * @param checked hears each key of a record that could be read, and its class; called by several threads
     */
    public CheckBlobLogs(
            BlobStore target,
            BlobStore source,
            BlobMetaTable rows,
            CouchDatabases couch,
            Sleeper sleeper,
            Consumer<String> out,
            BiConsumer<String, CheckedClass> checked) {
        this.target = Objects.requireNonNull(target);
        this.source = Objects.requireNonNull(source);
        this.rows = Objects.requireNonNull(rows);
        this.parents = new CouchParents(couch);
        this.patience = new EndpointPatience(sleeper);
        this.checked = checked;
        Object lock = new Object();
        this.out = line -> {
            synchronized (lock) {
                out.accept(line);
            }
        };
        this.report = new BlobLogReport(this.out);
    }

    /** Names every file that cannot be read, before anything is done. */
    public static void requireReadable(List<Path> files) throws UserException {
        Problems problems = new Problems();
        if (files.isEmpty()) {
            problems.add("check_blob_logs", "names no file; give the log files of a migration");
        }
        for (Path file : files) {
            if (!Files.exists(file)) {
                problems.add(file.toString(), "no such file");
            } else if (Files.isDirectory(file)) {
                problems.add(file.toString(), "is a directory; name the log files in it");
            } else if (!Files.isReadable(file)) {
                problems.add(file.toString(), "may not be read by this user");
            }
        }
        problems.throwIfAny();
    }

    /**
     * Checks all files. An instance is for one run. If the calling thread is interrupted, no record is begun any more,
     * those under way are ended, and the result is marked as interrupted.
     *
     * @param migrate copy blobs that only the source has
     * @throws EndpointException if a store or database cannot be used at all
     */
    public CheckBlobLogsResult run(List<Path> files, boolean migrate, int workers)
            throws UserException, EndpointException {
        requireReadable(files);
        boolean interrupted = false;
        try (LostBlobs lost = new LostBlobs(rows, patience, counts, checked)) {
            BlobLogCheck check =
                    new BlobLogCheck(target, source, parents, lost, migrate, counts, patience, out, checked);
            try {
                checkAll(files, check, workers);
                lost.finish();
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (EndpointException e) {
                report.hqBlocks(result(migrate, true, lost));
                throw e;
            }
            CheckBlobLogsResult result = result(migrate, interrupted, lost);
            report.hqBlocks(result);
            report.ownSection(result, rows.recordsDeleted(), lost);
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException("the temporary list of lost blobs", e);
        }
    }

    private CheckBlobLogsResult result(boolean migrate, boolean interrupted, LostBlobs lost) {
        return new CheckBlobLogsResult(
                counts.byType(), malformed.sum(), notChecked.sum(), lost.notLookedUp(), migrate, interrupted);
    }

    private void checkAll(List<Path> files, BlobLogCheck check, int workers)
            throws UserException, EndpointException, InterruptedException {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                workers, workers, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(workers * 2 + 1));
        Semaphore places = new Semaphore(workers * 2);
        try {
            for (Path file : files) {
                out.accept("Processing " + file);
                read(file, check, pool, places);
            }
            out.accept("CTRL+C to abort");
            pool.shutdown();
            while (!pool.awaitTermination(10, TimeUnit.SECONDS)) {
                out.accept("waiting for "
                        + (pool.getActiveCount() + pool.getQueue().size()) + " workers to finish...");
            }
        } finally {
            end(pool);
        }
        throwFatal();
    }

    /** Nothing is counted or printed by a worker after this. Not to be interrupted: it is what interruption leads to. */
    private static void end(ThreadPoolExecutor pool) throws InterruptedException {
        pool.shutdown();
        pool.getQueue().clear();
        if (!pool.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS)) {
            pool.shutdownNow();
            pool.awaitTermination(REST_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void read(Path file, BlobLogCheck check, ThreadPoolExecutor pool, Semaphore places)
            throws UserException, EndpointException, InterruptedException {
        try (LogLines lines = new LogLines(file)) {
            for (Optional<LogLines.Line> line = lines.next(); line.isPresent(); line = lines.next()) {
                throwFatal();
                Optional<BlobLogRecord> record = record(line.get());
                if (record.isPresent()) {
                    places.acquire();
                    pool.execute(() -> {
                        try {
                            check(record.get(), check);
                        } finally {
                            places.release();
                        }
                    });
                }
            }
        } catch (IOException e) {
            throw new UserException(file + ": cannot be read any further: " + e.getMessage(), e);
        }
    }

    private Optional<BlobLogRecord> record(LogLines.Line line) {
        @Nullable Object value;
        try {
            if (!line.readable()) {
                throw new UserException("not UTF-8");
            }
            value = Json.read(line.text(), "record");
        } catch (UserException e) {
            malformed.increment();
            out.accept("('Ignore {}', " + PythonRepr.of(line.text()) + ")");
            return Optional.empty();
        }
        BlobLogRecord.Read read = BlobLogRecord.read(value);
        if (read.record().isEmpty()) {
            notChecked.increment();
            out.accept("Not checked: " + read.json() + " " + read.problem());
        }
        return read.record();
    }

    private void check(BlobLogRecord record, BlobLogCheck check) {
        if (fatal.get() != null) {
            return;
        }
        try {
            check.check(record);
        } catch (EndpointException e) {
            if (e.kind() == EndpointException.Kind.UNUSABLE) {
                fatal.compareAndSet(null, e);
            } else {
                notChecked.increment();
                checked.accept(record.key(), CheckedClass.NOT_CHECKED);
                out.accept("Not checked: " + record.json() + " " + e.getMessage());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            fatal.compareAndSet(null, e);
        }
    }

    /** What no record can succeed with ends the run. */
    private void throwFatal() throws EndpointException {
        Throwable error = fatal.get();
        if (error instanceof EndpointException endpoint) {
            throw endpoint;
        } else if (error instanceof RuntimeException bug) {
            throw bug;
        }
    }
}
