package org.cchq.migrate.testing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.RequiredProgram;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The simulated site is one: it has its settings from its start, and nobody notices its restart. */
class SiteProcessesIT {
    private final Truth truth = new Truth();
    private Sandbox sandbox;
    private SiteProcesses site;

    @BeforeEach
    void startSite() throws Exception {
        RequiredProgram.find("nginx", "nginx");
        RequiredProgram.find("sshd", "openssh-server");
        RequiredProgram.find("python3", "python3");
        sandbox = Sandbox.start(Path.of("").toAbsolutePath());
        site = sandbox.site();
        site.give(List.of(), 60);
        site.start();
    }

    @AfterEach
    void stop() throws Exception {
        sandbox.close();
    }

    private void untilDone(int more) throws Exception {
        long before = puts();
        Eventually.holds("the site to go on", Duration.ofSeconds(30), () -> puts() >= before + more);
    }

    private long puts() throws Exception {
        return ((Number) site.counts().get("put")).longValue();
    }

    private int restart(String host) throws Exception {
        return new ProcessBuilder(
                        sandbox.host(host).directory().resolve("services/site").toString(), "restart")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Test
    void takesNewSettingsAtAGracefulRestartOnly() throws Exception {
        untilDone(10);
        assertThat(sandbox.target().contents()).isEmpty();
        sandbox.makeDual();
        untilDone(10);
        assertThat(sandbox.target().contents()).isEmpty();

        assertThat(restart("web0")).isZero();
        assertThat(restart("worker0")).isZero();
        untilDone(20);
        site.stop();
        site.tell(truth);

        assertThat(site.failures()).isEmpty();
        assertThat(sandbox.target().contents()).isNotEmpty();
        assertThat(site.journal())
                .filteredOn(entry -> entry.operation().equals("start"))
                .extracting(SiteJournal.Entry::detail)
                .satisfiesExactlyInAnyOrder(
                        web -> assertThat(web)
                                .contains(":" + sandbox.oldPort() + "/blobdb s3v4")
                                .doesNotContain("old"),
                        web -> assertThat(web).contains(":" + sandbox.newPort() + "/blobdb s3v4", "old http"),
                        worker -> assertThat(worker).endsWith(":" + sandbox.oldPort() + "/blobdb s3"),
                        worker -> assertThat(worker).contains(":" + sandbox.newPort() + "/blobdb s3,", "old http"));
        for (StoredAs blob : truth.rows()) {
            String found = sandbox.target()
                    .sha256(blob.key())
                    .or(() -> stored(sandbox.old(), blob))
                    .orElse("nowhere");
            assertThat(found).as(blob.key()).isEqualTo(blob.sha256());
        }
    }

    private static java.util.Optional<String> stored(S3Cluster cluster, StoredAs blob) {
        try {
            return cluster.sha256(blob.key());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void keepsTheOldProcessWhereTheNewOneCannotStart() throws Exception {
        Map<String, Object> before = site.counts();
        Files.writeString(sandbox.host("web0").localSettings(), "S3_BLOB_DB_SETTINGS = {'url': 'it's'}\n");

        assertThat(restart("web0")).isEqualTo(1);

        assertThat(before).containsEntry("failed", 0L);
        SandboxHost web = sandbox.host("web0");
        int done = site.journal(web).size();
        Eventually.holds(
                "the old process to go on",
                Duration.ofSeconds(30),
                () -> site.journal(web).size() > done + 10);
        assertThat(site.failures()).isEmpty();
    }
}
