package org.cchq.migrate.testing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.cli.Main;
import org.cchq.migrate.console.Console;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.Ports;
import org.cchq.migrate.testing.RequiredProgram;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The whole way from a cluster to a store with an address of its own, on real hosts, nginx and stores, while the site works:
 * to dual, back, again, and to final. The way to another cluster is in {@link RunbookIT}.
 */
@Timeout(900)
class AdvanceIT {
    private static final Path CHECKOUT = Path.of("").toAbsolutePath();
    private static final String BUCKET = "blobdb";

    private final Truth truth = new Truth();
    private Sandbox sandbox;
    private SiteProcesses site;
    private String out = "";
    private String err = "";

    @BeforeEach
    void start() throws Exception {
        RequiredProgram.find("nginx", "nginx");
        RequiredProgram.find("sshd", "openssh-server");
        RequiredProgram.find("python3", "python3");
        sandbox = Sandbox.start(CHECKOUT);
        sandbox.old().allowAll();
        site = sandbox.site();
        // At rest on the way to dual and back: what a site writes between copy-back and back stays on the new store.
        site.give(List.of(), 0);
        site.start();
    }

    @AfterEach
    void stop() throws Exception {
        if (sandbox != null) {
            sandbox.close();
        }
    }

    @Test
    void goesAllTheWayToANamedStoreWhileTheSiteWorksAndBackOnce() throws Exception {
        assertThat(type(toNewStore())).isEqualTo(1);
        assertThat(err).contains("OLD_S3_BLOB_DB_ACCESS_KEY");
        sandbox.edits().updateVault();

        assertThat(type("plan", "blobs", "--json")).isIn(0, 1);
        assertThat(type("advance", "blobs", "--new-url", newUrl(), "--new-bucket", BUCKET))
                .as("no terminal and no --quiet means no")
                .isZero();
        assertThat(out).contains("+s3_blob_db_url: " + newUrl()).doesNotContain("sandbox-new-Yx8");
        assertThat(environment("public.yml")).doesNotContain("MIGRATING");

        String before = environment("public.yml");
        reached("dual", toNewStore());
        assertThat(type("advance", "blobs", "--quiet")).isEqualTo(1);
        assertThat(out).contains("missing  back-fill complete").contains("run blobs back-fill");

        makeLogDirectory();
        assertThat(type("run", "blobs", "copy-back")).as(out + err).isZero();
        sandbox.edits().restoreVault();
        reached("before", "back", "blobs", "--quiet");
        assertThat(environment("public.yml")).isEqualTo(before);
        sandbox.edits().updateVaultAgain();
        site.give(List.of(), 20);
        reached("dual", toNewStore());
        untilDone(30);
        assertThat(sandbox.target().contents()).isNotEmpty();

        assertThat(type("run", "blobs", "back-fill")).as(out + err).isZero();
        assertThat(type("run", "blobs", "verify")).as(out + err).isZero();
        assertThat(type("advance", "blobs", "--quiet")).isEqualTo(1);
        assertThat(out).contains("missing  settings at final").contains("secrets.S3_ACCESS_KEY is missing");
        sandbox.edits().nameKeysOfStore();
        Eventually.holds(
                "the old store to be idle",
                Duration.ofMinutes(2),
                () -> type("advance", "blobs", "--quiet", "--idle", "5s") == 0);
        reached("final", "status", "blobs");
        assertThat(environment("public.yml")).contains(newUrl()).doesNotContain("MIGRATING", "old_s3_blob_db_url");
        assertThat(environment("inventory.ini")).doesNotContain("127.0.0.2 ");
        assertThat(Ports.answers(sandbox.oldPort())).isFalse();
        assertThat(type("back", "blobs", "--quiet")).isEqualTo(1);
        assertThat(err).contains("no way back from final");
        assertThat(type("history")).isZero();
        assertThat(out).contains("advance blobs: dual to final").contains("back blobs: dual to before");

        untilDone(20);
        site.stop();
        site.tell(truth);
        assertThat(site.failures()).isEmpty();
        for (StoredAs blob : truth.rows()) {
            assertThat(sandbox.target().sha256(blob.key())).as(blob.key()).contains(blob.sha256());
        }
    }

    private String newUrl() {
        return "http://" + sandbox.target().address() + ":" + sandbox.target().port();
    }

    private String[] toNewStore() {
        return new String[] {"advance", "blobs", "--quiet", "--new-url", newUrl(), "--new-bucket", BUCKET};
    }

    /** Runs a command that has to end well, and looks where the environment is. */
    private void reached(String stage, String... words) throws Exception {
        assertThat(type(words)).as(out + err).isZero();
        assertThat(type("status", "blobs")).as(out + err).isZero();
        assertThat(out).contains("stage  " + stage + " (");
        assertThat(out.lines().filter(line -> !line.contains("->")).filter(line -> line.length() > 80))
                .isEmpty();
        assertThat(out).doesNotContain("OLDER").doesNotContain("not as the files say");
    }

    private int type(String... words) throws Exception {
        ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        ByteArrayOutputStream stderr = new ByteArrayOutputStream();
        Console console = new Console(
                new PrintStream(stdout, true, StandardCharsets.UTF_8),
                new PrintStream(stderr, true, StandardCharsets.UTF_8),
                Optional.empty(),
                Console.Look.LOG,
                Clock.systemUTC());
        Map<String, String> variables = Map.of(
                "HOME",
                sandbox.scratch().directory().toString(),
                "USER",
                "ann",
                "COMMCARE_CLOUD_ENVIRONMENTS",
                sandbox.environments().toString(),
                "CCHQ_MIGRATE_AGENT_JAR",
                CHECKOUT.resolve("target/cchq-migrate-agent.jar").toString());
        String[] line = new String[words.length + 1];
        line[0] = "sandbox";
        System.arraycopy(words, 0, line, 1, words.length);
        int exit = new Main(variables, CHECKOUT, console, InputStream.nullInputStream()).run(line);
        out = stdout.toString(StandardCharsets.UTF_8);
        err = stderr.toString(StandardCharsets.UTF_8);
        return exit;
    }

    private String environment(String file) throws Exception {
        return Files.readString(sandbox.environments().resolve("sandbox").resolve(file));
    }

    private void makeLogDirectory() throws Exception {
        Path logs = sandbox.host("manage0").data().resolve("blobdb-migration-logs");
        String command = "mkdir " + logs + "; chown " + sandbox.serviceUser() + ": " + logs;
        assertThat(type("run-shell-command", "django_manage", command, "-b"))
                .as(out + err)
                .isZero();
    }

    private void untilDone(int more) throws Exception {
        long before = puts();
        Eventually.holds("the site to go on", Duration.ofSeconds(60), () -> puts() >= before + more);
    }

    private long puts() throws Exception {
        return ((Number) site.counts().get("put")).longValue();
    }
}
