package org.cchq.migrate.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.cchq.migrate.engine.RetryPolicy;
import org.cchq.migrate.testing.BlobSite;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.Fault;
import org.cchq.migrate.testing.FaultRelay;
import org.cchq.migrate.testing.MadeBlob;
import org.cchq.migrate.testing.PgBouncer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent's whole program with rows behind a real pgbouncer that pools by transaction. */
class BackFillPgbouncerIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int BLOBS = 200;

    @TempDir
    Path directory;

    private BlobSite site;
    private Optional<PgBouncer> bouncer = Optional.empty();
    private Optional<FaultRelay> old = Optional.empty();
    private final AtomicInteger reads = new AtomicInteger();

    @BeforeEach
    void start() throws Exception {
        site = BlobSite.start(directory);
        site.retry(new RetryPolicy(6, Duration.ofMillis(20), Duration.ofMillis(300), Duration.ofMinutes(1)));
        bouncer = Optional.of(PgBouncer.before(site.postgres()));
        old = Optional.of(FaultRelay.start(site.oldServer().port()));
        site.plant(BLOBS, i -> "form/" + i, i -> MadeBlob.bytes(100 + i, i));
    }

    @AfterEach
    void stop() throws Exception {
        if (old.isPresent()) {
            old.get().close();
        }
        if (bouncer.isPresent()) {
            bouncer.get().close();
        }
        site.close();
    }

    @Test
    void enumeratesCopiesAndWritesTheStateRow() throws Exception {
        assertWhole(backFill());
    }

    @Test
    void goesOnThroughReloadPauseAndRestart() throws Exception {
        old.orElseThrow().play(request -> {
            reads.incrementAndGet();
            return new Fault.Stall(Fault.Direction.RESPONSE, -1, Duration.ofMillis(20));
        });
        FutureTask<BlobSite.Run> running = new FutureTask<>(this::backFill);
        new Thread(running, "back-fill").start();
        PgBouncer pool = bouncer.orElseThrow();
        after(30);
        pool.reload();
        after(50);
        pool.restart();
        after(80);
        pool.pause();
        // What was enumerated is copied; without the database the run cannot end.
        quiet(Duration.ofSeconds(1));
        boolean stillRunning = !running.isDone();
        pool.resume();

        assertWhole(running.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        assertThat(stillRunning).isTrue();
    }

    private void quiet(Duration time) throws Exception {
        int[] last = {-1};
        long[] since = {0};
        Eventually.holds("no more reads", PATIENCE, () -> {
            if (reads.get() != last[0]) {
                last[0] = reads.get();
                since[0] = System.nanoTime();
            }
            return System.nanoTime() - since[0] > time.toNanos();
        });
    }

    private void after(int blobs) throws Exception {
        Eventually.holds(blobs + " reads", PATIENCE, () -> reads.get() >= blobs);
    }

    private BlobSite.Run backFill() throws Exception {
        Map<String, Object> settings = site.settings();
        Map<String, Object> databases = new LinkedHashMap<>();
        ((Map<?, ?>) settings.get("DATABASES")).forEach((alias, database) -> {
            Map<String, Object> pooled = new LinkedHashMap<>();
            ((Map<?, ?>) database).forEach((key, value) -> pooled.put(String.valueOf(key), value));
            pooled.put("PORT", bouncer.orElseThrow().port());
            databases.put(String.valueOf(alias), pooled);
        });
        settings.put("DATABASES", databases);
        settings.put("OLD_S3_BLOB_DB_SETTINGS", BlobSite.s3(old.orElseThrow().url(), site.oldServer()));
        return site.backFill(settings, "--num-workers=4", "--chunk-size=20");
    }

    private void assertWhole(BlobSite.Run run) throws Exception {
        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        assertThat(run.count("enumerated")).isEqualTo(BLOBS);
        assertThat(run.count("copied")).isEqualTo(BLOBS);
        assertThat(BlobSite.list(site.newServer())).hasSize(BLOBS);
        assertThat(site.postgres().text("commcarehq", "SELECT slug FROM blobs_blobmigrationstate"))
                .isEqualTo("migrate_backend");
    }
}
