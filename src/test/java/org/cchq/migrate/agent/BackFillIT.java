package org.cchq.migrate.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.BlobSite;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.MadeBlob;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The agent's whole program against real servers. */
class BackFillIT {
    @TempDir
    Path directory;

    private BlobSite site;

    @BeforeEach
    void start() throws Exception {
        site = BlobSite.start(directory);
    }

    @AfterEach
    void stop() throws Exception {
        site.close();
    }

    @Test
    void copiesEveryBlobOfEveryShardBitForBit() throws Exception {
        Map<String, byte[]> blobs = new LinkedHashMap<>();
        for (int i = 0; i < 120; i++) {
            blobs.put("form/" + i + "/{x} " + i, MadeBlob.bytes(i * 97, i));
        }
        blobs.put("large", MadeBlob.bytes(20 << 20, 1));
        int turn = 0;
        for (var blob : blobs.entrySet()) {
            site.add(BlobSite.SHARDS.get(turn++ % 2), blob.getKey(), blob.getValue());
        }

        BlobSite.Run run = site.backFill("--chunk-size=10", "--num-workers=7");

        assertThat(run.exit()).as(run.err()).isEqualTo(0);
        assertThat(run.count("copied")).isEqualTo(121);
        assertThat(run.count("enumerated")).isEqualTo(121);
        for (var blob : blobs.entrySet()) {
            assertThat(BlobSite.get(site.newServer(), blob.getKey())).contains(blob.getValue());
        }
        assertThat(BlobSite.list(site.newServer())).hasSize(121);
        assertThat(site.postgres().text("commcarehq", "SELECT slug FROM blobs_blobmigrationstate"))
                .isEqualTo("migrate_backend");
    }

    @Test
    void missingBlobsAreListedInHqsFormatAndTheExitStatusSaysSo() throws Exception {
        site.add("p1", "there", MadeBlob.bytes(10, 1));
        long lost = site.addRow("p2", "lost", 3, 10);

        BlobSite.Run run = site.backFill();

        assertThat(run.exit()).isEqualTo(4);
        assertThat(run.count("missing_on_source")).isEqualTo(1);
        assertThat(Files.readString(site.logs().get(0)))
                .isEqualTo("{\"blobmeta_id\": " + lost + ", \"domain\": \"demo\", \"type_code\": 3,"
                        + " \"parent_id\": \"parent-lost\", \"blob_key\": \"lost\", \"error\": \"not found\"}\n");
    }

    @Test
    void neverReplacesWhatTheSiteWroteMeanwhile() throws Exception {
        site.add("p1", "both", "old".getBytes(StandardCharsets.UTF_8));
        BlobSite.put(site.newServer(), "both", "newer".getBytes(StandardCharsets.UTF_8));

        BlobSite.Run run = site.backFill();

        assertThat(BlobSite.get(site.newServer(), "both")).contains("newer".getBytes(StandardCharsets.UTF_8));
        assertThat(run.exit()).as(run.out() + run.err()).isEqualTo(4);
        assertThat(run.count("differs")).isEqualTo(1);
        assertThat(run.exit()).isEqualTo(4);
    }

    @Test
    void anEmptyBlobOnTheTargetIsNoWitnessForARowThatDoesNotKnowItsLength() throws Exception {
        BlobSite.put(site.oldServer(), "unknown", MadeBlob.bytes(100, 1));
        onlyOnTarget("unknown", 0, 0);

        BlobSite.Run run = site.backFill("--listing=never");

        assertThat(run.count("differs")).as(run.out() + run.err()).isEqualTo(1);
        assertThat(run.exit()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"always", "never"})
    void whatOnlyTheTargetHasIsComparedWithItsRow(String listing) throws Exception {
        // A truncated blob whose original was gone was once counted as already there.
        onlyOnTarget("agrees", 100, 100);
        onlyOnTarget("length not known", 100, 0);
        onlyOnTarget("truncated", 90, 100);
        onlyOnTarget("empty", 0, 100);
        onlyOnTarget("compressed", 40, 100);
        onlyOnTarget("not compressed", 100, 100);
        site.postgres().execute("p1", "UPDATE blobs_blobmeta SET compressed_length = 40 WHERE key LIKE '%compressed'");

        BlobSite.Run run = site.backFill("--listing=" + listing);

        assertThat(run.exit()).as(run.out() + run.err()).isEqualTo(4);
        assertThat(run.count("already_there")).isEqualTo(3);
        assertThat(run.count("differs")).isEqualTo(3);
        assertThat(run.out())
                .contains("new has 90 bytes, its row says 100; old has none")
                .contains("new has 100 bytes, its row says 100, stored compressed in 40; old has none");
        assertThat(Files.readString(site.logs().get(0)).lines())
                .hasSize(3)
                .allMatch(line -> line.contains("\"error\": \"differs\""));
    }

    private void onlyOnTarget(String key, int stored, int inRow) throws Exception {
        BlobSite.put(site.newServer(), key, MadeBlob.bytes(stored, 1));
        site.addRow("p1", key, 1, inRow);
    }

    @Test
    void aSecondPassReadsNothingAgain() throws Exception {
        for (int i = 0; i < 50; i++) {
            site.add("p1", "k" + i, MadeBlob.bytes(100, i));
        }
        assertThat(site.backFill().exit()).isEqualTo(0);

        BlobSite.Run second = site.backFill();

        assertThat(second.exit()).isEqualTo(0);
        assertThat(second.count("already_there")).isEqualTo(50);
        assertThat(second.count("copied")).isEqualTo(0);
        assertThat(second.ended().get("next")).isEqualTo("");
    }

    @Test
    void aBlobWhoseRowWasDeletedWhileItWasCopiedIsRemovedAgain() throws Exception {
        for (int i = 0; i < 30; i++) {
            site.add("p1", "k" + i, MadeBlob.bytes(100, i));
        }
        // The row goes when its blob arrives, as late as it can: the look after the settle time has to find it.
        List<String> args = new ArrayList<>(List.of("--settle=2", "--chunk-size=5"));
        FutureTask<Boolean> deleting = new FutureTask<>(() -> {
            Eventually.holds(
                    "k3 is copied",
                    Duration.ofSeconds(20),
                    () -> BlobSite.get(site.newServer(), "k3").isPresent());
            site.postgres().execute("p1", "DELETE FROM blobs_blobmeta WHERE key = 'k3'");
            return true;
        });
        new Thread(deleting, "site").start();

        BlobSite.Run run = site.backFill(args.toArray(String[]::new));
        deleting.get();

        assertThat(BlobSite.get(site.newServer(), "k3")).isEmpty();
        assertThat(run.count("not_referenced")).isEqualTo(1);
        assertThat(run.count("orphans_removed")).isEqualTo(1);
        assertThat(run.count("copied")).isEqualTo(29);
        assertThat(run.exit()).isEqualTo(0);
    }

    @Test
    void printsHqsLines() throws Exception {
        site.add("p1", "a", MadeBlob.bytes(10, 1));
        site.addRow("p1", "lost", 1, 10);

        BlobSite.Run run = site.agent(
                site.settings(),
                "run_blob_migration",
                "--log-dir=" + directory,
                "--settings=-",
                "--settle=0",
                "migrate_backend");

        assertThat(run.out())
                .contains("Migration log: " + site.logs().get(0))
                .contains("Processing 2 documents: BlobMeta...")
                .contains("Processed 2/2 of 2 documents (0 previously processed).")
                .contains("1 of 2 blobs were not found in the old blob database. It")
                .contains("Missing blob ids have been written in the log file:");
        Path summary = Path.of(site.logs().get(0).toString().replace(".txt", "-summary.txt"));
        assertThat(Files.readString(summary)).isEqualTo(run.out());
    }

    @Test
    void anotherTargetOnTheSameDirectoryIsRefusedWithTheDifference() throws Exception {
        site.add("p1", "a", MadeBlob.bytes(10, 1));
        site.backFill();
        Map<String, Object> other = site.settings();
        Map<String, Object> target = new LinkedHashMap<>(castMap(other.get("S3_BLOB_DB_SETTINGS")));
        site.newServer().createBucket("elsewhere");
        target.put("s3_bucket", "elsewhere");
        other.put("S3_BLOB_DB_SETTINGS", target);

        BlobSite.Run run = site.backFill(other);

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).contains("target:").contains("bucket blobdb").contains("bucket elsewhere");
    }

    @Test
    void aSecretIsNowhere() throws Exception {
        site.add("p1", "a", MadeBlob.bytes(10, 1));
        Map<String, Object> settings = site.settings();
        Map<String, Object> target = new LinkedHashMap<>(castMap(settings.get("S3_BLOB_DB_SETTINGS")));
        target.put("secret_key", "CANARY-7c1d");
        settings.put("S3_BLOB_DB_SETTINGS", target);

        BlobSite.Run run = site.backFill(settings);

        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.err()).contains("SignatureDoesNotMatch").doesNotContain("CANARY");
        assertThat(run.out()).doesNotContain("CANARY");
        try (var files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).doesNotContain("CANARY");
            }
        }
    }

    @Test
    void everyLineOfJsonOutputIsAnEvent() throws Exception {
        site.add("p1", "a", MadeBlob.bytes(10, 1));

        BlobSite.Run run = site.backFill();

        for (String line : run.out().lines().toList()) {
            assertThat(org.cchq.migrate.migration.AgentEvent.parse(line))
                    .as(line)
                    .isPresent();
        }
        assertThat(Json.readObject(run.out().lines().findFirst().orElseThrow(), "first")
                        .get("event"))
                .isEqualTo("started");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> castMap(Object value) {
        return (Map<String, Object>) value;
    }
}
