package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/**
 * The site that goes on working in the dual stage, as HQ's MigratingBlobDB does: writes go to the new cluster, then to the
 * row; reads ask the new one, and the old one only when the new one has nothing; deletes remove from the new cluster, the row,
 * then from the old cluster; some form XML is stored anew, gzipped, under its key. What it did is recorded in the truth, and a
 * request that fails, or a read that gives other bytes than were written, is an error.
 */
final class SiteSimulator implements AutoCloseable {
    private final Sandbox sandbox;
    private final Truth truth;
    private final PlainS3 old;
    private final PlainS3 target;
    private final List<Worker> workers = new ArrayList<>();
    private final List<String> errors = new CopyOnWriteArrayList<>();
    private final Set<String> deleted = ConcurrentHashMap.newKeySet();
    private final Set<String> written = ConcurrentHashMap.newKeySet();
    private final LongAdder reads = new LongAdder();
    private final LongAdder readsFromOld = new LongAdder();
    private final LongAdder rewrites = new LongAdder();
    private final ScheduledExecutorService timer;
    private final List<ScheduledFuture<?>> acting = new ArrayList<>();

    SiteSimulator(Sandbox sandbox, Truth truth, int threads, long seed) throws SQLException {
        this.sandbox = sandbox;
        this.truth = truth;
        old = sandbox.oldForSite();
        target = sandbox.targetForSite();
        timer = Executors.newScheduledThreadPool(threads);
        List<StoredAs> fair = fair();
        for (int i = 0; i < threads; i++) {
            workers.add(new Worker(i, threads, fair, new Random(seed + i)));
        }
        for (Planted problem : truth.planted()) {
            if (problem.kind() == Planted.Kind.DELETED_BEFORE_READ) {
                sandbox.old().beforeNextRead(problem.blob().key(), () -> delete(problem.blob()));
            }
            if (problem.kind() == Planted.Kind.DELETED_AFTER_READ) {
                sandbox.old().afterNextRead(problem.blob().key(), () -> delete(problem.blob()));
            }
        }
    }

    /** What the site may touch: nothing planted, nothing under two parents; in a fixed order. */
    private List<StoredAs> fair() {
        Map<String, Long> parents =
                truth.rows().stream().collect(Collectors.groupingBy(StoredAs::key, Collectors.counting()));
        return truth.rows().stream()
                .filter(blob -> truth.planted(blob.key()).isEmpty() && parents.get(blob.key()) == 1)
                .filter(blob -> blob.size() < 1 << 20)
                .sorted(Comparator.comparing(StoredAs::key))
                .toList();
    }

    /** Every worker acts this often. */
    void start(int perSecondAndWorker) {
        for (Worker worker : workers) {
            acting.add(
                    timer.scheduleAtFixedRate(worker::act, 0, 1_000_000L / perSecondAndWorker, TimeUnit.MICROSECONDS));
        }
    }

    /** Stops, waiting for what has begun. */
    @Override
    public void close() throws InterruptedException, SQLException {
        timer.shutdown();
        if (!timer.awaitTermination(60, TimeUnit.SECONDS)) {
            errors.add("the site did not come to rest within 60 s");
        }
        for (ScheduledFuture<?> worker : acting) {
            if (!worker.isCancelled()) {
                errors.add("a worker of the site broke off: " + worker);
            }
        }
        for (Worker worker : workers) {
            worker.close();
        }
    }

    List<String> errors() {
        return List.copyOf(errors);
    }

    /** Keys that the site deleted. */
    Set<String> deleted() {
        return Set.copyOf(deleted);
    }

    /** Counts for a report. */
    Map<String, Object> counts() {
        Map<String, Object> counts = new LinkedHashMap<>();
        counts.put("puts", written.size());
        counts.put("rewrites", rewrites.sum());
        counts.put("deletes", deleted.size());
        counts.put("reads", reads.sum());
        counts.put("reads_from_old", readsFromOld.sum());
        counts.put("errors", errors.size());
        return counts;
    }

    private void delete(StoredAs blob) throws IOException, InterruptedException, SQLException {
        try (Connection connection = sandbox.databases().connectFor(blob.parentId())) {
            delete(blob, connection);
        }
    }

    private void delete(StoredAs blob, Connection connection) throws IOException, InterruptedException, SQLException {
        target.delete(blob.key());
        deleteRow(blob, connection);
        old.delete(blob.key());
        deleteRow(blob, connection);
        truth.remove(blob);
        deleted.add(blob.key());
    }

    private static void deleteRow(StoredAs blob, Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT delete_blob_meta(?)")) {
            statement.setString(1, blob.key());
            try (ResultSet result = statement.executeQuery()) {
                result.next();
            }
        }
    }

    private byte[] read(StoredAs blob) throws IOException, InterruptedException {
        reads.increment();
        Optional<byte[]> found = target.get(blob.key());
        if (found.isEmpty()) {
            // The copier may have put it on the new cluster meanwhile, but it never takes it from the old one.
            found = old.get(blob.key());
            readsFromOld.increment();
        }
        byte[] content = found.orElseThrow(() -> new IOException("blob " + blob.key() + " is on neither cluster"));
        if (!StoredAs.sha256(content).equals(blob.sha256())) {
            throw new IOException("blob " + blob.key() + " was read with wrong bytes");
        }
        return content;
    }

    /** Works on its own share of the blobs, so that no key is changed by two. */
    private final class Worker {
        private final List<StoredAs> mine = new ArrayList<>();
        private final Random random;
        private final BlobKeys keys;
        private final BlobContents contents;
        private final Map<String, Connection> connections = new LinkedHashMap<>();

        Worker(int number, int of, List<StoredAs> fair, Random random) throws SQLException {
            for (int i = number; i < fair.size(); i += of) {
                mine.add(fair.get(i));
            }
            this.random = random;
            keys = new BlobKeys(random);
            contents = new BlobContents(random);
            for (String alias : Databases.ALIASES) {
                connections.put(alias, sandbox.databases().connect("commcarehq_" + alias));
            }
        }

        void act() {
            String doing = "nothing";
            try {
                int dice = random.nextInt(100);
                if (dice < 30) {
                    doing = "put";
                    put();
                } else if (dice < 75) {
                    doing = "read";
                    read(mine.get(random.nextInt(mine.size())));
                } else if (dice < 90) {
                    doing = "delete";
                    int at = random.nextInt(mine.size());
                    StoredAs blob = mine.get(at);
                    delete(blob, connections.get(blob.alias()));
                    mine.set(at, mine.get(mine.size() - 1));
                    mine.remove(mine.size() - 1);
                } else {
                    doing = "compress";
                    compress(random.nextInt(mine.size()));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (IOException | SQLException | RuntimeException e) {
                errors.add(doing + ": " + e);
            }
        }

        private void put() throws IOException, InterruptedException, SQLException {
            String parent = keys.hex(32);
            byte[] content = contents.binary(contents.size());
            StoredAs blob = new StoredAs(
                    "domain-1",
                    parent,
                    "new.jpg",
                    keys.hex(32),
                    3,
                    Instant.now(),
                    false,
                    content.length,
                    OptionalLong.empty(),
                    StoredAs.sha256(content),
                    content.length);
            target.put(blob.key(), content);
            Seed.insert(connections.get(blob.alias()), blob);
            truth.put(blob);
            written.add(blob.key());
            mine.add(blob);
        }

        /** Looks from there on for plain form XML and stores it gzipped, as compress_form_xml does. */
        private void compress(int from) throws IOException, InterruptedException, SQLException {
            for (int i = from; i < mine.size(); i++) {
                StoredAs blob = mine.get(i);
                if (blob.typeCode() == 2 && blob.compressedLength().isEmpty()) {
                    byte[] stored = BlobContents.gzip(read(blob));
                    StoredAs after = blob.compressed(stored);
                    target.put(blob.key(), stored);
                    try (PreparedStatement statement = connections
                            .get(blob.alias())
                            .prepareStatement("UPDATE blobs_blobmeta SET content_length = ?, compressed_length = ?"
                                    + " WHERE key = ?")) {
                        statement.setLong(1, after.contentLength());
                        statement.setLong(2, stored.length);
                        statement.setString(3, blob.key());
                        statement.executeUpdate();
                    }
                    truth.put(after);
                    mine.set(i, after);
                    rewrites.increment();
                    return;
                }
            }
        }

        void close() throws SQLException {
            for (Connection connection : connections.values()) {
                connection.close();
            }
        }
    }
}
