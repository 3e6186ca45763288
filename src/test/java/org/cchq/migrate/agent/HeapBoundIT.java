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
import java.util.regex.Pattern;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.BlobSite;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.Fault.Direction;
import org.cchq.migrate.testing.Fault.Stall;
import org.cchq.migrate.testing.FaultRelay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent's jar, started by hand, in the middle of large pages of rows: what its heap takes of the machine. */
class HeapBoundIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long WANTED_KIB = 224 << 10;
    /** One for the whole heap, or one for each generation. */
    private static final Pattern TOTAL = Pattern.compile(" total (?:reserved \\d+K, committed )?(\\d+)K");

    @TempDir
    Path directory;

    private BlobSite site;
    private FaultRelay old;

    @BeforeEach
    void start() throws Exception {
        site = BlobSite.start(directory);
        old = FaultRelay.start(site.oldServer().port());
        old.play(request -> new Stall(Direction.RESPONSE, -1, Duration.ofMillis(100)));
        site.postgres()
                .execute(
                        "p1",
                        "INSERT INTO blobs_blobmeta (domain, parent_id, name, key, type_code, created_on, content_length)"
                                + " SELECT 'demo', 'parent' || n, '', 'form/' || n, 2, now(), 100"
                                + " FROM generate_series(1, 100000) n");
    }

    @AfterEach
    void stop() throws Exception {
        old.close();
        site.close();
    }

    /** By itself Java let the heap grow to a quarter of the machine. */
    @Test
    void withoutOptionsTheHeapIsKeptSmall() throws Exception {
        Process agent = startJar();
        try {
            Eventually.holds("rows are read", PATIENCE, () -> said().contains("\"enumerated\":20000"));
            Eventually.holds("the heap is small", PATIENCE, () -> committed(agent) <= WANTED_KIB);
            assertThat(agent.isAlive()).as(said()).isTrue();
        } finally {
            end(agent);
        }
    }

    @Test
    void aBoundOnTheCommandLineIsLeftToJava() throws Exception {
        Process agent = startJar("-Xms600m", "-Xmx600m");
        try {
            Eventually.holds("rows are read", PATIENCE, () -> said().contains("\"enumerated\":20000"));
            assertThat(committed(agent)).as(said()).isEqualTo(600 << 10);
        } finally {
            end(agent);
        }
    }

    private Process startJar(String... options) throws Exception {
        Map<String, Object> settings = site.settings();
        settings.put("OLD_S3_BLOB_DB_SETTINGS", BlobSite.s3(old.url(), site.oldServer()));
        List<String> command = new ArrayList<>(List.of(java("java")));
        command.addAll(List.of(options));
        command.addAll(List.of(
                "-jar",
                System.getProperty("agent.jar"),
                "run_blob_migration",
                "--log-dir=" + directory,
                "--settings=-",
                "--output=json",
                "--num-workers=4",
                "--chunk-size=20000",
                "--listing=never",
                "migrate_backend"));
        Process agent = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("jar.out").toFile())
                .start();
        try (OutputStream in = agent.getOutputStream()) {
            in.write(Json.write(settings).getBytes(StandardCharsets.UTF_8));
        }
        return agent;
    }

    private String said() throws Exception {
        return Files.readString(directory.resolve("jar.out"));
    }

    /** KiB that the heap takes, in use or not. */
    private static long committed(Process agent) throws Exception {
        Process asking = new ProcessBuilder(java("jcmd"), Long.toString(agent.pid()), "GC.heap_info").start();
        String answer = new String(asking.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        asking.waitFor();
        List<Long> totals = TOTAL.matcher(answer)
                .results()
                .map(total -> Long.parseLong(total.group(1)))
                .toList();
        assertThat(totals).as(answer).isNotEmpty();
        return totals.stream().mapToLong(Long::longValue).sum();
    }

    private static String java(String program) {
        return Path.of(System.getProperty("java.home"), "bin", program).toString();
    }

    private static void end(Process agent) throws Exception {
        agent.destroyForcibly();
        agent.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
}
