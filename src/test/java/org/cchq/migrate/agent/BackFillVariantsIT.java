package org.cchq.migrate.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.store.blob.S3BlobStore;
import org.cchq.migrate.store.blob.S3Settings;
import org.cchq.migrate.store.blob.S3Tuning;
import org.cchq.migrate.testing.BlobSite;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.Fault;
import org.cchq.migrate.testing.Fault.Direction;
import org.cchq.migrate.testing.Fault.Stall;
import org.cchq.migrate.testing.FaultRelay;
import org.cchq.migrate.testing.FaultScript;
import org.cchq.migrate.testing.HqSchema;
import org.cchq.migrate.testing.MadeBlob;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The sites, options and ends of a run that {@link BackFillIT} leaves out. */
class BackFillVariantsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Fault SLOWLY = new Stall(Direction.RESPONSE, -1, Duration.ofMillis(150));

    @TempDir
    Path directory;

    private BlobSite site;
    private FaultRelay old;
    private FaultRelay target;
    /** "METHOD BYTES" of each request that names a blob. */
    private final ConcurrentLinkedQueue<String> blobRequests = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void start() throws Exception {
        site = BlobSite.start(directory);
        old = FaultRelay.start(site.oldServer().port());
        target = FaultRelay.start(site.newServer().port());
        old.play(this::noted);
        target.play(this::noted);
    }

    @AfterEach
    void stop() throws Exception {
        target.close();
        old.close();
        site.close();
    }

    @Test
    void copiesFromTheFileSystem() throws Exception {
        Path drive = Files.createDirectory(directory.resolve("drive"));
        Map<String, byte[]> blobs = new LinkedHashMap<>();
        for (int i = 0; i < 20; i++) {
            String key = i % 2 == 0 ? "flat-" + i : "form/" + i + "/deep";
            byte[] bytes = MadeBlob.bytes(i * 1_000, i);
            Files.createDirectories(drive.resolve(key).getParent());
            Files.write(drive.resolve(key), bytes);
            site.addRow(BlobSite.SHARDS.get(i % 2), key, 1, bytes.length);
            blobs.put(key, bytes);
        }
        Map<String, Object> settings = site.settings();
        settings.remove("OLD_S3_BLOB_DB_SETTINGS");
        settings.remove("BLOB_DB_MIGRATING_FROM_S3_TO_S3");
        settings.put("BLOB_DB_MIGRATING_FROM_FS_TO_S3", true);
        settings.put("SHARED_DRIVE_CONF", Map.of("blob_dir", drive.toString()));

        assertCopied(site.backFill(settings), blobs);
    }

    @Test
    void signsBothEndsInVersionTwo() throws Exception {
        Map<String, byte[]> blobs = add(10);
        byte[] large = MadeBlob.bytes(11 << 20, 1);
        site.add("p1", "large {x}", large);
        blobs.put("large {x}", large);
        Map<String, Object> settings = throughRelays();
        for (String end : List.of("S3_BLOB_DB_SETTINGS", "OLD_S3_BLOB_DB_SETTINGS")) {
            settings.put(end, with(settings.get(end), "config", Map.of("signature_version", "s3")));
        }

        assertCopied(site.backFill(settings), blobs);
    }

    @Test
    void copiesAttachmentsOfTheViewEra() throws Exception {
        site.postgres().createDatabase("viewed", HqSchema.E2_VIEW);
        UUID id = UUID.fromString("0a1b2c3d-0000-4000-8000-00000000000f");
        Instant on = Instant.parse("2018-10-01T00:00:00Z");
        site.postgres().insertFormAttachment("viewed", "f1", "form.xml", id, null, "b1", on);
        site.postgres().insertFormAttachment("viewed", "f1", "pic.jpg", UUID.randomUUID(), "", "b2", on);
        long lost = site.postgres()
                .insertFormAttachment("viewed", "f1", "lost.jpg", UUID.randomUUID(), "bucket/x", "b3", on);
        site.postgres().insertBlob("viewed", "p", "real", 5, on, 10);
        Map<String, byte[]> blobs = new LinkedHashMap<>();
        for (String key : List.of("form/0a1b2c3d00004000800000000000000f/b1", "b2", "real")) {
            blobs.put(key, MadeBlob.bytes(10, key.hashCode()));
            BlobSite.put(site.oldServer(), key, blobs.get(key));
        }

        BlobSite.Run run = site.backFill(unpartitioned("viewed"));

        assertThat(run.exit()).as(run.out() + run.err()).isEqualTo(4);
        assertThat(run.count("copied")).isEqualTo(3);
        assertThat(run.count("missing_on_source")).isEqualTo(1);
        assertThat(Files.readString(site.logs().get(0)))
                .contains("\"blobmeta_id\": -" + lost + ",", "\"blob_key\": \"bucket/x/b3\"");
        assertOnTarget(blobs);
    }

    @ParameterizedTest
    @EnumSource(
            value = HqSchema.class,
            names = {"E3", "E4"})
    void copiesAnUnpartitionedSite(HqSchema schema) throws Exception {
        site.postgres().createDatabase("whole", schema);
        Map<String, byte[]> blobs = new LinkedHashMap<>();
        for (int i = 0; i < 10; i++) {
            byte[] bytes = MadeBlob.bytes(100 + i, i);
            site.add("whole", "k" + i, bytes);
            blobs.put("k" + i, bytes);
        }

        BlobSite.Run run = site.backFill(unpartitioned("whole"));

        assertCopied(run, blobs);
        assertThat(site.postgres().text("whole", "SELECT slug FROM blobs_blobmigrationstate"))
                .isEqualTo("migrate_backend");
    }

    @Test
    void aDateRangeIsNoCompletion() throws Exception {
        Map<String, byte[]> blobs = addDays();

        BlobSite.Run run = site.backFill("--date-range=20200302-20200303");

        blobs.keySet().retainAll(List.of("day-2", "day-3"));
        assertCopied(run, blobs);
        assertThat(states()).isEqualTo("0");
    }

    @Test
    void takesDayByDay() throws Exception {
        Map<String, byte[]> blobs = addDays();

        BlobSite.Run run = site.agent(
                site.settings(),
                "run_blob_migration",
                "--log-dir=" + directory,
                "--settings=-",
                "--settle=0",
                "--date-range=20200301-20200303",
                "--process_day_by_day",
                "migrate_backend");

        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        for (int day = 1; day <= 3; day++) {
            assertThat(run.out())
                    .contains("Migrating for date 2020-03-0" + day, "Finished migration for date 2020-03-0" + day);
        }
        blobs.remove("day-4");
        assertOnTarget(blobs);
        assertThat(site.logs()).hasSize(1);
        assertThat(states()).isEqualTo("0");
    }

    @Test
    void letsOneEndpointCopyByItself() throws Exception {
        site.newServer().createBucket("before");
        Map<String, byte[]> blobs = new LinkedHashMap<>();
        S3Settings before = S3Settings.of(
                site.newServer().url(),
                site.newServer().accessKey(),
                new Secret(site.newServer().secretKey()),
                "before");
        try (S3BlobStore store = S3BlobStore.open(before, S3Tuning.DEFAULT)) {
            for (int i = 0; i < 20; i++) {
                byte[] bytes = MadeBlob.bytes(1_000 + i, i);
                store.putIfAbsent("k{ }" + i, MadeBlob.of(bytes));
                site.addRow(BlobSite.SHARDS.get(i % 2), "k{ }" + i, 1, bytes.length);
                blobs.put("k{ }" + i, bytes);
            }
        }
        Map<String, Object> settings = throughRelays();
        settings.put("OLD_S3_BLOB_DB_SETTINGS", with(settings.get("S3_BLOB_DB_SETTINGS"), "s3_bucket", "before"));

        BlobSite.Run run = site.backFill(settings);

        assertCopied(run, blobs);
        assertThat(blobRequests)
                .filteredOn(request -> request.startsWith("PUT"))
                .hasSizeGreaterThanOrEqualTo(20);
        assertThat(blobRequests)
                .filteredOn(request -> request.startsWith("PUT"))
                .containsOnly("PUT 0");
        assertThat(blobRequests).noneMatch(request -> request.startsWith("GET"));
    }

    @Test
    void aCheckAfterTheCopyCostsListingsOnly() throws Exception {
        Map<String, byte[]> blobs = add(60);
        assertCopied(site.backFill(), blobs);

        BlobSite.Run check = site.agent(
                throughRelays(),
                "run_blob_migration",
                "--log-dir=" + directory,
                "--settings=-",
                "--settle=0",
                "migrate_backend_check");

        assertThat(check.exit()).as(check.out() + check.err()).isZero();
        assertThat(check.out())
                .contains("HQ's completed-state row cannot hold the slug 'migrate_backend_check'", "already there 60");
        assertThat(blobRequests).isEmpty();
        assertThat(states()).isEqualTo("1");
    }

    @Test
    void aSecondStartOnTheSameDirectoryIsToldWhoIsThere() throws Exception {
        add(60);
        old.play(this::notedAndSlow);
        Process first = startJar();
        Eventually.holds("the first run copies", PATIENCE, () -> blobRequests.size() > 8);

        BlobSite.Run second = site.backFill(throughRelays());

        assertThat(second.exit()).as(second.out() + second.err()).isEqualTo(6);
        assertThat(second.err()).contains(", process " + first.pid() + ", since ");
        old.play(FaultScript.HEALTHY);
        assertThat(first.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(first.exitValue()).as(jarSaid()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void aSignalEndsTheRunInOrder(String signal) throws Exception {
        Map<String, byte[]> blobs = add(200);
        old.play(this::notedAndSlow);
        Process agent = startJar();
        Eventually.holds("the run copies", PATIENCE, () -> blobRequests.size() > 20);

        assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(agent.pid()))
                        .start()
                        .waitFor())
                .isZero();

        assertThat(agent.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(agent.exitValue()).as(jarSaid()).isEqualTo(130);
        assertStoppedInTheMiddle(jarSaid());
        assertResumed(blobs);
    }

    @Test
    void aCancelledRunGoesOnWithTheSameCommand() throws Exception {
        Map<String, byte[]> blobs = add(200);
        old.play(this::notedAndSlow);
        FutureTask<BlobSite.Run> running =
                new FutureTask<>(() -> site.backFill(throughRelays(), "--num-workers=4", "--control=control"));
        new Thread(running, "cancelled run").start();
        Eventually.holds("the run copies", PATIENCE, () -> blobRequests.size() > 20);

        Files.writeString(directory.resolve("control"), "cancel the tester\n");

        BlobSite.Run cancelled = running.get();
        assertThat(cancelled.exit()).as(cancelled.out() + cancelled.err()).isEqualTo(7);
        assertThat(String.valueOf(cancelled.ended().get("message"))).contains("stopped by the tester");
        assertStoppedInTheMiddle(cancelled.out());
        assertResumed(blobs);
    }

    @Test
    void aPausedRunSaysByWhomUntilItIsResumed() throws Exception {
        add(200);
        old.play(this::notedAndSlow);
        FutureTask<BlobSite.Run> running = new FutureTask<>(
                () -> site.backFill(throughRelays(), "--num-workers=4", "--control=control", "--events=events"));
        new Thread(running, "paused run").start();
        Eventually.holds("the run copies", PATIENCE, () -> blobRequests.size() > 20);

        Path control = directory.resolve("control");
        Files.writeString(control, "pause the tester\n");
        Eventually.holds(
                "the pause is told",
                PATIENCE,
                () -> Files.readString(directory.resolve("events")).contains("\"waiting\":\"paused by the tester\""));
        Files.writeString(control, "resume the tester\n", StandardOpenOption.APPEND);

        BlobSite.Run resumed = running.get();
        assertThat(resumed.exit()).as(resumed.out() + resumed.err()).isZero();
        assertThat(resumed.count("copied")).isEqualTo(200);
        assertThat(resumed.out().lines().filter(line -> line.contains("\"event\":\"progress\"")))
                .last()
                .asString()
                .contains("\"waiting\":\"\"");
    }

    private void assertStoppedInTheMiddle(String out) throws Exception {
        Map<?, ?> counts = (Map<?, ?>) new BlobSite.Run(0, out, "").ended().get("counts");
        assertThat(((Number) counts.get("copied")).intValue()).isBetween(1, 199);
        assertThat(((Number) counts.get("failed")).intValue()).isZero();
        assertThat(states()).isEqualTo("0");
    }

    private void assertResumed(Map<String, byte[]> blobs) throws Exception {
        old.play(FaultScript.HEALTHY);
        BlobSite.Run run = site.backFill(throughRelays());
        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        assertThat(run.count("enumerated")).isEqualTo(blobs.size());
        assertThat(run.count("copied") + run.count("already_there")).isEqualTo(blobs.size());
        assertThat(run.out()).contains("\"resumed\":true");
        assertOnTarget(blobs);
        assertThat(states()).isEqualTo("1");
    }

    private Process startJar() throws Exception {
        // A shell starts what runs in its background with SIGINT ignored, and that is inherited: take it back.
        Process agent = new ProcessBuilder(
                        "env",
                        "--default-signal=INT",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        System.getProperty("agent.jar"),
                        "run_blob_migration",
                        "--log-dir=" + directory,
                        "--settings=-",
                        "--settle=0",
                        "--output=json",
                        "--num-workers=4",
                        "migrate_backend")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("jar.out").toFile())
                .start();
        try (OutputStream in = agent.getOutputStream()) {
            in.write(Json.write(throughRelays()).getBytes(StandardCharsets.UTF_8));
        }
        return agent;
    }

    private String jarSaid() throws Exception {
        return Files.readString(directory.resolve("jar.out"));
    }

    private Map<String, byte[]> add(int count) throws Exception {
        Map<String, byte[]> blobs = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            byte[] bytes = MadeBlob.bytes(100 + i, i);
            site.add(BlobSite.SHARDS.get(i % 2), "form/" + i, bytes);
            blobs.put("form/" + i, bytes);
        }
        return blobs;
    }

    /** "day-N" on the Nth of March 2020, 1 to 4. */
    private Map<String, byte[]> addDays() throws Exception {
        Map<String, byte[]> blobs = new LinkedHashMap<>();
        for (int day = 1; day <= 4; day++) {
            byte[] bytes = MadeBlob.bytes(100, day);
            BlobSite.put(site.oldServer(), "day-" + day, bytes);
            site.postgres()
                    .insertBlob("p1", "p", "day-" + day, 1, Instant.parse("2020-03-0" + day + "T12:00:00Z"), 100);
            blobs.put("day-" + day, bytes);
        }
        return blobs;
    }

    private Map<String, Object> throughRelays() {
        Map<String, Object> settings = site.settings();
        settings.put("OLD_S3_BLOB_DB_SETTINGS", BlobSite.s3(old.url(), site.oldServer()));
        settings.put("S3_BLOB_DB_SETTINGS", BlobSite.s3(target.url(), site.newServer()));
        return settings;
    }

    private Map<String, Object> unpartitioned(String database) {
        Map<String, Object> settings = site.settings();
        settings.put("USE_PARTITIONED_DATABASE", false);
        settings.put("DATABASES", Map.of("default", site.postgres().djangoSettings(database)));
        return settings;
    }

    private static Map<String, Object> with(Object settings, String key, Object value) {
        Map<String, Object> changed = new LinkedHashMap<>();
        ((Map<?, ?>) settings).forEach((name, old) -> changed.put(String.valueOf(name), old));
        changed.put(key, value);
        return changed;
    }

    private Fault noted(FaultScript.Request request) {
        note(request);
        return Fault.NONE;
    }

    private Fault notedAndSlow(FaultScript.Request request) {
        return note(request) ? SLOWLY : Fault.NONE;
    }

    private boolean note(FaultScript.Request request) {
        boolean blob =
                request.target().matches("/[a-z]+/.+") && !request.target().contains("/cchq-migrate-probe-");
        if (blob) {
            blobRequests.add(request.method() + " " + request.bodyLength());
        }
        return blob;
    }

    private void assertCopied(BlobSite.Run run, Map<String, byte[]> blobs) throws Exception {
        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        assertThat(run.count("copied")).isEqualTo(blobs.size());
        assertThat(run.count("enumerated")).isEqualTo(blobs.size());
        assertOnTarget(blobs);
    }

    private void assertOnTarget(Map<String, byte[]> blobs) throws Exception {
        assertThat(BlobSite.list(site.newServer())).containsOnlyKeys(blobs.keySet());
        for (var blob : blobs.entrySet()) {
            assertThat(BlobSite.get(site.newServer(), blob.getKey())).contains(blob.getValue());
        }
    }

    private String states() throws Exception {
        return site.postgres().text("commcarehq", "SELECT count(*) FROM blobs_blobmigrationstate");
    }
}
