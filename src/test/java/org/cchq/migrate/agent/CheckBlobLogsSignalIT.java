package org.cchq.migrate.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.BlobSite;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.Fault;
import org.cchq.migrate.testing.Fault.Direction;
import org.cchq.migrate.testing.Fault.Stall;
import org.cchq.migrate.testing.FaultRelay;
import org.cchq.migrate.testing.FaultScript;
import org.cchq.migrate.testing.MadeBlob;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent's jar, checking logs, and Ctrl+C. */
class CheckBlobLogsSignalIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int RECORDS = 400;
    private static final Fault SLOWLY = new Stall(Direction.RESPONSE, -1, Duration.ofMillis(500));

    @TempDir
    Path directory;

    private BlobSite site;
    private FaultRelay target;
    private final AtomicInteger looks = new AtomicInteger();

    @BeforeEach
    void start() throws Exception {
        site = BlobSite.start(directory);
        target = FaultRelay.start(site.newServer().port());
        target.play(this::slowLooks);
    }

    @AfterEach
    void stop() throws Exception {
        target.close();
        site.close();
    }

    /** It once printed its counts while its workers went on counting. */
    @Test
    void ctrlCEndsWhatIsUnderWayAndSaysThatTheCountsAreNotOfEverything() throws Exception {
        BlobSite.put(site.newServer(), "there", MadeBlob.bytes(10, 1));
        Process agent = startJar();
        Eventually.holds("records are checked", PATIENCE, () -> looks.get() > 20);

        assertThat(new ProcessBuilder("kill", "-INT", Long.toString(agent.pid()))
                        .start()
                        .waitFor())
                .isZero();

        assertThat(agent.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(directory.resolve("jar.out"));
        assertThat(agent.exitValue()).as(said).isEqualTo(130);
        assertThat(said)
                .containsSubsequence(
                        "Ended before all records were checked; what follows counts only those that were.\n",
                        "tempfile: checked ",
                        "Beyond the above",
                        "Nothing lost among the records that were checked.\n")
                .doesNotContain("Lost,", "Not checked", "Exception");
        var checked = Pattern.compile("tempfile: checked (\\d+) records\n  Found in new db: \\1\n")
                .matcher(said);
        assertThat(checked.find()).as(said).isTrue();
        assertThat(Integer.parseInt(checked.group(1)))
                .as("each look that was begun is counted")
                .isEqualTo(looks.get())
                .isLessThan(RECORDS);
    }

    private Fault slowLooks(FaultScript.Request request) {
        if (request.target().endsWith("/there")) {
            looks.incrementAndGet();
            return SLOWLY;
        }
        return Fault.NONE;
    }

    private Process startJar() throws Exception {
        List<String> records = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            records.add("{\"blobmeta_id\": " + i + ", \"domain\": \"demo\", \"type_code\": 1, \"parent_id\": \"p\","
                    + " \"blob_key\": \"there\", \"error\": \"not found\"}");
        }
        Path log = Files.write(directory.resolve("log.txt"), records);
        Map<String, Object> settings = site.settings();
        settings.put("S3_BLOB_DB_SETTINGS", BlobSite.s3(target.url(), site.newServer()));
        // A shell starts what runs in its background with SIGINT ignored, and that is inherited: take it back.
        Process agent = new ProcessBuilder(
                        "env",
                        "--default-signal=INT",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        System.getProperty("agent.jar"),
                        "check_blob_logs",
                        "--settings=-",
                        "--num-workers=8",
                        log.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("jar.out").toFile())
                .start();
        try (OutputStream in = agent.getOutputStream()) {
            in.write(Json.write(settings).getBytes(StandardCharsets.UTF_8));
        }
        return agent;
    }
}
