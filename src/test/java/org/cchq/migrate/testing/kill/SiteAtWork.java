package org.cchq.migrate.testing.kill;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.cchq.migrate.store.blob.S3BlobStore;
import org.cchq.migrate.testing.BlobSite;
import org.cchq.migrate.testing.MadeBlob;
import org.jspecify.annotations.Nullable;

/** HQ in its dual stage: puts (new store, then row) and deletes (new store, old store, then row), one after the other. */
final class SiteAtWork implements AutoCloseable {
    static final String INSERT =
            "INSERT INTO blobs_blobmeta (domain, parent_id, name, key, type_code, created_on, content_length)"
                    + " VALUES ('demo', ?, '', ?, 1, ?, ?)";

    private static final long PAUSE_NANOS = 25_000_000;

    private final BlobSite site;
    private final int seeded;
    private final Random random;
    private final Thread thread = new Thread(this::work, "site");
    private volatile boolean stopping;
    private final AtomicInteger puts = new AtomicInteger();
    private final AtomicInteger deletes = new AtomicInteger();
    private volatile @Nullable Exception failure;

    SiteAtWork(BlobSite site, int seeded, long seed) {
        this.site = site;
        this.seeded = seeded;
        this.random = new Random(seed);
    }

    void start() {
        thread.start();
    }

    int puts() {
        return puts.get();
    }

    int deletes() {
        return deletes.get();
    }

    static void bind(PreparedStatement insert, String key, long length) throws SQLException {
        insert.setString(1, "parent-" + key);
        insert.setString(2, key);
        insert.setObject(3, OffsetDateTime.parse("2020-01-01T00:00:00Z"));
        insert.setLong(4, length);
    }

    private void work() {
        try (S3BlobStore old = BlobSite.store(site.oldServer());
                S3BlobStore fresh = BlobSite.store(site.newServer());
                Connection p1 = site.postgres().connect(BlobSite.SHARDS.get(0));
                Connection p2 = site.postgres().connect(BlobSite.SHARDS.get(1))) {
            while (!stopping) {
                if (random.nextBoolean()) {
                    put(fresh, random.nextBoolean() ? p1 : p2);
                } else {
                    int number = random.nextInt(seeded);
                    delete(fresh, old, "k" + number, number % 2 == 0 ? p1 : p2);
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (Exception e) {
            failure = e;
        }
    }

    private void put(S3BlobStore fresh, Connection shard) throws Exception {
        String key = "site" + puts.get();
        byte[] bytes = KillRun.bytes(key);
        try (MadeBlob blob = MadeBlob.of(bytes)) {
            fresh.putIfAbsent(key, blob);
        }
        puts.incrementAndGet();
        try (PreparedStatement insert = shard.prepareStatement(INSERT)) {
            bind(insert, key, bytes.length);
            insert.executeUpdate();
        }
    }

    private void delete(S3BlobStore fresh, S3BlobStore old, String key, Connection shard) throws Exception {
        fresh.delete(key);
        old.delete(key);
        try (PreparedStatement delete = shard.prepareStatement("DELETE FROM blobs_blobmeta WHERE key = ?")) {
            delete.setString(1, key);
            deletes.addAndGet(delete.executeUpdate());
        }
    }

    @Override
    public void close() throws Exception {
        stopping = true;
        thread.join();
        Exception failed = failure;
        if (failed != null) {
            throw new AssertionError("the site failed", failed);
        }
    }
}
