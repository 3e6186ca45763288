package org.cchq.migrate.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.cchq.migrate.engine.RetryPolicy;
import org.cchq.migrate.store.blob.S3BlobStore;
import org.cchq.migrate.store.blob.StoredBlob;
import org.cchq.migrate.testing.BlobSite;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.Fault.Direction;
import org.cchq.migrate.testing.Fault.Stall;
import org.cchq.migrate.testing.FaultRelay;
import org.cchq.migrate.testing.MadeBlob;
import org.cchq.migrate.testing.NginxServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The agent's whole program with real nginx before the new store: limits on bodies, buffers, and stores that come and go. */
class BackFillProxyIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final RetryPolicy SOON =
            new RetryPolicy(6, Duration.ofMillis(20), Duration.ofMillis(300), Duration.ofMinutes(1));
    private static final int MEBIBYTE = 1 << 20;

    @TempDir
    Path directory;

    private final Map<String, byte[]> blobs = new LinkedHashMap<>();
    private BlobSite site;
    private Optional<NginxServer> inner = Optional.empty();
    private Optional<NginxServer> front = Optional.empty();
    private FaultRelay old;

    @BeforeEach
    void start() throws Exception {
        site = BlobSite.start(directory);
        site.retry(SOON);
        old = FaultRelay.start(site.oldServer().port());
    }

    @AfterEach
    void stop() throws Exception {
        if (front.isPresent()) {
            front.get().close();
        }
        if (inner.isPresent()) {
            inner.get().close();
        }
        old.close();
        site.close();
    }

    @Test
    void learnsALimitFromOneRequestAndSendsPartsBelowIt() throws Exception {
        addLarge();
        NginxServer proxy = front(site.newServer().port(), "client_max_body_size 9m;");

        assertWhole(backFill(proxy));

        // The one that the probe announces and does not send.
        assertThat(proxy.answered(413)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"proxy_request_buffering on;", "proxy_request_buffering off;"})
    void learnsALimitBehindAProxyThatLetsTheBodyIn(String buffering) throws Exception {
        addLarge();
        NginxServer limited = inner(site.newServer().port(), "client_max_body_size 9m;", buffering);
        NginxServer proxy = front(limited.port(), "client_max_body_size 100m;", buffering);

        assertWhole(backFill(proxy));

        assertThat(limited.answered(413)).isBetween(1L, 4L);
    }

    @Test
    void takesSmallerPartsWhereTheLimitIsBelowTheUsualOnes() throws Exception {
        addLarge();
        NginxServer proxy = front(site.newServer().port(), "client_max_body_size 6m;");

        BlobSite.Run refused = backFill(proxy, "--num-workers=1");

        assertThat(refused.exit()).as(refused.out() + refused.err()).isEqualTo(3);
        assertThat(refused.err()).contains("413", "client_max_body_size", "--part-size");
        assertThat(states()).isEqualTo("0");
        assertWhole(backFill(proxy, "--part-size=5"));
    }

    @Test
    void waitsForAStoreBehindAProxyThatDiesAndComesBack() throws Exception {
        addSmall(100);
        old.play(request -> new Stall(Direction.RESPONSE, -1, Duration.ofMillis(40)));
        NginxServer store = inner(site.newServer().port(), "client_max_body_size 0;");
        NginxServer proxy = front(store.port(), "client_max_body_size 0;");
        FutureTask<BlobSite.Run> running = new FutureTask<>(() -> backFill(proxy, "--num-workers=4"));
        new Thread(running, "back-fill").start();
        Eventually.holds("some blobs are copied", PATIENCE, () -> store.answered(200) > 30);

        store.kill();
        // With six attempts and pauses of 300 ms at most every item in flight had its chances by then.
        Eventually.holds("the proxy answers 502 again and again", PATIENCE, () -> proxy.answered(502) > 36);
        store.restart();

        assertWhole(running.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    }

    @Test
    void waitsForAProxyWhoseDiskStandsStill() throws Exception {
        addSmall(100);
        old.play(request -> new Stall(Direction.RESPONSE, -1, Duration.ofMillis(40)));
        blobs.putAll(site.plant(1, i -> "large", i -> MadeBlob.bytes(10 * MEBIBYTE, i)));
        NginxServer proxy = front(site.newServer().port(), "client_max_body_size 0;", "client_body_buffer_size 16k;");
        FutureTask<BlobSite.Run> running = new FutureTask<>(() -> backFill(proxy, "--num-workers=4"));
        new Thread(running, "back-fill").start();
        Eventually.holds("some blobs are copied", PATIENCE, () -> proxy.answered(200) > 20);
        long before = proxy.answered(200);

        proxy.freeze();
        long until = System.nanoTime() + Duration.ofSeconds(3).toNanos();
        Eventually.holds("longer than the read time-out", PATIENCE, () -> System.nanoTime() > until);
        boolean stillRunning = !running.isDone();
        proxy.thaw();

        BlobSite.Run run = running.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(stillRunning).isTrue();
        assertWhole(run);
        assertThat(proxy.answered(200)).isGreaterThan(before);
    }

    private void addLarge() throws Exception {
        int[] sizes = {3 * MEBIBYTE, 8 * MEBIBYTE, 10 * MEBIBYTE, 17 * MEBIBYTE};
        blobs.putAll(site.plant(sizes.length, i -> "large/" + i, i -> MadeBlob.bytes(sizes[i], i)));
    }

    private void addSmall(int count) throws Exception {
        blobs.putAll(site.plant(count, i -> "small/" + i, i -> MadeBlob.bytes(1_000 + 13 * i, i)));
    }

    private NginxServer front(int port, String... directives) throws Exception {
        front = Optional.of(NginxServer.before(port, directives));
        return front.get();
    }

    private NginxServer inner(int port, String... directives) throws Exception {
        inner = Optional.of(NginxServer.before(port, directives));
        return inner.get();
    }

    private BlobSite.Run backFill(NginxServer proxy, String... more) throws Exception {
        Map<String, Object> target =
                new LinkedHashMap<>(BlobSite.s3("http://127.0.0.1:" + proxy.port(), site.newServer()));
        target.put("config", Map.of("signature_version", "s3v4", "read_timeout", 2));
        Map<String, Object> settings = site.settings();
        settings.put("S3_BLOB_DB_SETTINGS", target);
        settings.put("OLD_S3_BLOB_DB_SETTINGS", BlobSite.s3(old.url(), site.oldServer()));
        return site.backFill(settings, more);
    }

    private void assertWhole(BlobSite.Run run) throws Exception {
        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        assertThat(run.count("failed")).isZero();
        assertThat(run.count("enumerated")).isEqualTo(blobs.size());
        assertThat(BlobSite.list(site.newServer())).containsOnlyKeys(blobs.keySet());
        try (S3BlobStore store = BlobSite.store(site.newServer())) {
            for (var blob : blobs.entrySet()) {
                try (StoredBlob there = store.open(blob.getKey()).orElseThrow()) {
                    assertThat(there.body().readAllBytes()).as(blob.getKey()).isEqualTo(blob.getValue());
                }
            }
        }
        assertThat(states()).isEqualTo("1");
    }

    private String states() throws Exception {
        return site.postgres().text("commcarehq", "SELECT count(*) FROM blobs_blobmigrationstate");
    }
}
