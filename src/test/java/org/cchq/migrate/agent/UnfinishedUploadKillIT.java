package org.cchq.migrate.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.BlobSite;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.Fault;
import org.cchq.migrate.testing.FaultRelay;
import org.cchq.migrate.testing.FaultScript;
import org.cchq.migrate.testing.MadeBlob;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} in the middle of a large blob: its parts would be kept, and paid for, for good. */
class UnfinishedUploadKillIT {
    @TempDir
    Path directory;

    @Test
    void theNextStartAbortsWhatAKilledAgentHasBegun() throws Exception {
        try (BlobSite site = BlobSite.start(directory);
                FaultRelay target = FaultRelay.start(site.newServer().port())) {
            byte[] bytes = MadeBlob.bytes(30 << 20, 3);
            site.add("p1", "large", bytes);
            AtomicBoolean reached = new AtomicBoolean();
            target.play(request -> {
                boolean fourth = request.target().contains("partNumber=4");
                reached.compareAndSet(false, fourth);
                return fourth ? Fault.BLACK_HOLE : Fault.NONE;
            });
            Map<String, Object> settings = site.settings();
            settings.put("S3_BLOB_DB_SETTINGS", BlobSite.s3(target.url(), site.newServer()));
            Process agent = agent(settings);
            try {
                Eventually.holds("the fourth part is on its way", Duration.ofSeconds(60), reached::get);
            } finally {
                agent.destroyForcibly().waitFor();
            }
            assertThat(unfinished(site)).isEqualTo(1);
            Path journal = directory.resolve("migrate_backend.ledger.uploads");
            assertThat(journal).content().contains("\"begun\"", "\"large\"");
            target.play(FaultScript.HEALTHY);

            BlobSite.Run next = site.backFill(settings, "--part-size=5");

            assertThat(next.exit()).as(next.out() + next.err()).isZero();
            assertThat(next.count("copied")).isEqualTo(1);
            assertThat(unfinished(site)).isZero();
            assertThat(Files.exists(journal)).isFalse();
            assertThat(BlobSite.get(site.newServer(), "large")).contains(bytes);
        }
    }

    private static int unfinished(BlobSite site) {
        return site.newServer().blobs().listMultipartUploads(BlobSite.BUCKET).size();
    }

    private Process agent(Map<String, Object> settings) throws Exception {
        Process agent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-jar",
                        System.getProperty("agent.jar"),
                        "run_blob_migration",
                        "--log-dir=" + directory,
                        "--settings=-",
                        "--output=json",
                        "--settle=0",
                        "--part-size=5",
                        "migrate_backend")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("killed.out").toFile())
                .start();
        try (OutputStream in = agent.getOutputStream()) {
            in.write(Json.write(settings).getBytes(StandardCharsets.UTF_8));
        }
        return agent;
    }
}
