package org.cchq.migrate.testing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.cchq.migrate.testing.Ports;
import org.cchq.migrate.testing.RequiredProgram;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The page "Migrate from one S3 backend to another" of commcare-cloud's documentation, carried out to the letter: its
 * command lines as printed there, its edits as an editor makes them, while the site works.
 */
class SeedLinesIT {
    private static final Path CHECKOUT = Path.of("").toAbsolutePath();
    private static final String LOGS = "/opt/data/riak2s3-migration-logs";
    private static final List<String> HOSTS = List.of("proxy0", "manage0", "web0", "worker0");

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final Truth truth = new Truth();
    private Sandbox sandbox;
    private SiteProcesses site;
    private Operator operator;

    @BeforeEach
    void start() throws Exception {
        RequiredProgram.find("nginx", "nginx");
        RequiredProgram.find("sshd", "openssh-server");
        RequiredProgram.find("sudo", "sudo");
        RequiredProgram.find("python3", "python3");
        RequiredProgram.find("tmux", "tmux");
        RequiredProgram.find("script", "bsdutils");
        sandbox = Sandbox.start(CHECKOUT);
        new Seed(sandbox, truth, 20_190_528).fill(250, false);
        operator =
                new Operator(CHECKOUT, sandbox, new DemoConsole(new PrintStream(said, true, StandardCharsets.UTF_8)));
        PlantedRaces.arm(sandbox, truth);
        site = sandbox.site();
        site.give(truth.fair(), 10);
        site.start();
    }

    @AfterEach
    void stop() throws Exception {
        operator.close();
        sandbox.close();
    }

    /** Types a line of the page with the environment's name in it. */
    private void line(int status, String printed) throws Exception {
        String line = printed.replace("<env>", "sandbox").replace("cchq india ", "cchq sandbox ");
        assertThat(operator.line(line).await(Duration.ofMinutes(3)))
                .as("%s%n%s", line, said.toString(StandardCharsets.UTF_8))
                .isEqualTo(status);
    }

    private SiteSettings settings(String host) throws Exception {
        return SiteSettings.read(Path.of("/usr/bin/python3"), sandbox.host(host).localSettings());
    }

    /** What the page leaves to the reader, and 'service commcare restart' does. */
    private void restartSite() throws Exception {
        for (String host : List.of("web0", "worker0")) {
            Process restart = new ProcessBuilder(
                            sandbox.host(host)
                                    .directory()
                                    .resolve("services/site")
                                    .toString(),
                            "restart")
                    .inheritIO()
                    .start();
            assertThat(restart.waitFor()).isZero();
        }
    }

    private boolean leadsToNew(int port) throws Exception {
        String key = "marker-" + port;
        sandbox.target().through(sandbox.proxy(port), S3Signature.V4).put(key, new byte[] {1});
        return sandbox.target().client().delete(key);
    }

    @Test
    @Timeout(600)
    void moveTheBlobsOfASiteThatGoesOnWorking() throws Exception {
        // Send new writes to the new S3 endpoint
        HandEdits edits = sandbox.edits();
        edits.addNewHosts();
        edits.setMigrating();
        edits.updateVault();
        line(0, "commcare-cloud <env> ansible-playbook deploy_proxy.yml");
        assertThat(leadsToNew(sandbox.newPort())).isTrue();
        line(0, "commcare-cloud <env> update-config");
        for (String host : HOSTS) {
            assertThat(settings(host).store().url()).as(host).isEqualTo(sandbox.proxy(sandbox.newPort()));
            assertThat(settings(host).old().orElseThrow().url()).as(host).isEqualTo(sandbox.proxy(sandbox.oldPort()));
            assertThat(Files.readString(sandbox.host(host).localSettings()))
                    .contains(
                            "EMAIL_SMTP_PORT = 587  # = SMTP's submission",
                            "if os.environ.get('HQ_TESTS_PRINT_IMPORTS')");
        }
        restartSite();

        // Back-fill all existing data
        line(
                0,
                "cchq <env> run-shell-command django_manage 'mkdir /opt/data/riak2s3-migration-logs; chown cchq:cchq"
                        + " /opt/data/riak2s3-migration-logs' -b");
        line(
                4,
                "cchq <env> django-manage --tmux run_blob_migration migrate_backend"
                        + " --log-dir=/opt/data/riak2s3-migration-logs --chunk-size=1000 --num-workers=15");
        String check = "cchq india django-manage --tmux check_blob_logs " + LOGS + "/" + logFile();
        line(4, check);
        sandbox.old().allowAll();
        line(4, check + " --migrate");

        // Flip to just the new backend
        Instant flipped = Instant.now();
        sandbox.target().addAccountOf(sandbox.old());
        edits.moveHosts();
        edits.setTemporaryProxy();
        line(0, "cchq <env> ansible-deploy deploy_proxy.yml --tags=nginx_sites ");
        assertThat(leadsToNew(sandbox.oldPort())).isTrue();
        assertThat(leadsToNew(sandbox.newPort())).isTrue();
        line(0, "cchq <env> update-config");
        restartSite();
        for (String host : HOSTS) {
            assertThat(settings(host).store().url()).as(host).isEqualTo(sandbox.proxy(sandbox.oldPort()));
            assertThat(settings(host).old()).as(host).isEmpty();
        }
        edits.removeTemporaryProxy();
        line(0, "cchq <env> ansible-deploy deploy_proxy.yml --tags=nginx_sites ");
        assertThat(Ports.answers(sandbox.newPort())).isFalse();
        assertThat(leadsToNew(sandbox.oldPort())).isTrue();

        site.stop();
        site.tell(truth);
        assertThat(site.failures()).isEmpty();
        URI proxy = sandbox.proxy(sandbox.oldPort());
        assertThat(Comparison.throughProxy(sandbox, truth, flipped, proxy).findings())
                .isEmpty();
    }

    private String logFile() throws Exception {
        Path logs = sandbox.host("manage0").data().resolve("riak2s3-migration-logs");
        try (Stream<Path> files = Files.list(logs)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("migrate_backend-blob-migration-[0-9TZ]+\\.txt"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
