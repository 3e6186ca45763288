package org.cchq.migrate.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.BlobSite;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.Fault;
import org.cchq.migrate.testing.Fault.Direction;
import org.cchq.migrate.testing.FaultRelay;
import org.cchq.migrate.testing.MadeBlob;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code copy-back}: what only the new store has goes to the old one, and nothing else happens. */
class CopyBackIT {
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
    void bringsBackWhatOnlyTheNewStoreHasAndReplacesNothing() throws Exception {
        site.add("p1", "old", MadeBlob.bytes(10, 1));
        // Rows may be wrong; what is on old only is right as it is.
        BlobSite.put(site.oldServer(), "old, row wrong", MadeBlob.bytes(11, 1));
        site.addRow("p2", "old, row wrong", 1, 99);
        site.add("p2", "both", MadeBlob.bytes(20, 2));
        BlobSite.put(site.newServer(), "both", MadeBlob.bytes(20, 2));
        site.addRow("p1", "new", 1, 30);
        BlobSite.put(site.newServer(), "new", MadeBlob.bytes(30, 3));
        site.addRow("p2", "new large", 1, 11 << 20);
        BlobSite.put(site.newServer(), "new large", MadeBlob.bytes(11 << 20, 4));
        site.add("p1", "other", MadeBlob.bytes(40, 5));
        BlobSite.put(site.newServer(), "other", MadeBlob.bytes(41, 6));
        site.addRow("p1", "nowhere", 1, 7);
        BlobSite.put(site.newServer(), "orphan", new byte[5]);

        BlobSite.Run run = copyBack(site.settings());

        assertThat(run.exit()).as(run.out() + run.err()).isEqualTo(4);
        assertThat(run.count("enumerated")).isEqualTo(7);
        assertThat(run.count("copied")).isEqualTo(2);
        assertThat(run.count("missing_on_source")).isEqualTo(1);
        assertThat(BlobSite.get(site.oldServer(), "new")).contains(MadeBlob.bytes(30, 3));
        assertThat(BlobSite.get(site.oldServer(), "new large")).contains(MadeBlob.bytes(11 << 20, 4));
        assertThat(BlobSite.get(site.oldServer(), "other")).contains(MadeBlob.bytes(40, 5));
        assertThat(BlobSite.get(site.oldServer(), "orphan")).isEmpty();
        assertThat(BlobSite.get(site.newServer(), "old")).isEmpty();
        assertThat(run.out())
                .contains("\"source\":\"s3 " + site.newServer().url() + " bucket blobdb\"")
                .contains("\"target\":\"s3 " + site.oldServer().url() + " bucket blobdb\"");
        assertThat(directory.resolve("copy-back.ledger")).exists();
        assertThat(site.postgres().text("commcarehq", "SELECT count(*) FROM blobs_blobmigrationstate"))
                .isEqualTo("0");
        BlobSite.Run again = copyBack(site.settings());
        assertThat(again.count("copied")).isZero();
        assertThat(site.backFill().count("copied")).as("its ledger is its own").isEqualTo(2);
    }

    @Test
    void refusesAnOldStoreThatIsADirectory() throws Exception {
        Map<String, Object> settings = site.settings();
        settings.remove("OLD_S3_BLOB_DB_SETTINGS");
        settings.remove("BLOB_DB_MIGRATING_FROM_S3_TO_S3");
        settings.put("BLOB_DB_MIGRATING_FROM_FS_TO_S3", true);
        settings.put("SHARED_DRIVE_CONF", Map.of("blob_dir", directory.toString()));

        BlobSite.Run run = copyBack(settings);

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).contains("directory", "copying back is for two S3 stores only");
        assertThat(directory.resolve("copy-back.ledger")).doesNotExist();
    }

    @Test
    void killedItGoesOnAndCountsEachBlobOnce() throws Exception {
        int blobs = 150;
        for (int i = 0; i < blobs; i++) {
            BlobSite.put(site.newServer(), "n" + i, MadeBlob.bytes(100, i));
            site.addRow(BlobSite.SHARDS.get(i % 2), "n" + i, 1, 100);
        }
        try (FaultRelay old = FaultRelay.start(site.oldServer().port())) {
            old.play(request -> new Fault.Stall(Direction.RESPONSE, -1, Duration.ofMillis(15)));
            Map<String, Object> settings = site.settings();
            settings.put("OLD_S3_BLOB_DB_SETTINGS", BlobSite.s3(old.url(), site.oldServer()));
            for (int kill = 0; kill < 4; kill++) {
                int before = old.requests();
                Process agent = agent(settings);
                try {
                    Eventually.holds(
                            "requests", Duration.ofSeconds(60), () -> old.requests() - before > 40 || !agent.isAlive());
                } finally {
                    agent.destroyForcibly().waitFor();
                }
            }

            BlobSite.Run run = copyBack(settings);

            assertThat(run.exit()).as(run.out() + run.err()).isZero();
            assertThat(run.count("copied") + run.count("already_there")).isEqualTo(blobs);
            assertThat(run.count("enumerated")).isEqualTo(blobs);
            assertThat(BlobSite.list(site.oldServer())).hasSize(blobs);
        }
    }

    private BlobSite.Run copyBack(Map<String, Object> settings) {
        return site.agent(settings, arguments().toArray(String[]::new));
    }

    private List<String> arguments() {
        return List.of(
                "copy-back",
                "--log-dir=" + directory,
                "--settings=-",
                "--settle=0",
                "--output=json",
                "--chunk-size=20",
                "--num-workers=4");
    }

    private Process agent(Map<String, Object> settings) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                System.getProperty("agent.jar", "target/cchq-migrate-agent.jar")));
        command.addAll(arguments());
        Process agent = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("killed.out").toFile())
                .start();
        try (OutputStream in = agent.getOutputStream()) {
            in.write(Json.write(settings).getBytes(StandardCharsets.UTF_8));
        }
        return agent;
    }
}
