package org.cchq.migrate.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.migration.CheckedClass;
import org.cchq.migrate.migration.Outcome;
import org.cchq.migrate.push.HostBase;
import org.cchq.migrate.ssh.RemoteShell;
import org.cchq.migrate.ssh.SshConnection;
import org.cchq.migrate.ssh.SshSettings;
import org.cchq.migrate.ssh.SshTarget;
import org.cchq.migrate.testing.BlobSite;
import org.cchq.migrate.testing.SshServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What jobs of the real agent prove, read over a real sshd. */
@Timeout(180)
class JobEvidenceIT {
    @TempDir
    Path directory;

    private BlobSite site;
    private SshServer server;
    private SshConnection connection;
    private HostBase base;
    private StorePair stores;

    @BeforeEach
    void start() throws Exception {
        site = BlobSite.start(directory.resolve("logs"));
        server = SshServer.start();
        connection = SshConnection.connect(
                new SshTarget("manage0", server.address(), server.port(), server.user()),
                SshSettings.of(server.knownHosts(), true, List.of(server.privateKey()), warning -> {}));
        base = HostBase.of(RemoteShell.asLoginUser(connection), Optional.of(directory.toString()));
        stores = new StorePair(
                "s3 " + site.oldServer().url() + " bucket blobdb",
                "s3 " + site.newServer().url() + " bucket blobdb");
    }

    @AfterEach
    void stop() throws Exception {
        connection.close();
        server.close();
        site.close();
    }

    @Test
    void aCompleteBackFillAndWhatIsKnownOfEachMissingBlob() throws Exception {
        site.add("p1", "there", new byte[5]);
        site.addRow("p1", "lost", 1, 7);
        site.addRow("p2", "gone", 1, 7);
        site.addRow("p2", "late", 1, 3);
        Instant before = Instant.now();
        backFill("20261121T080000.000Z");
        site.postgres().execute("p2", "DELETE FROM blobs_blobmeta WHERE key = 'gone'");
        BlobSite.put(site.oldServer(), "late", new byte[3]);
        checkLogs("20261121T081000.000Z");

        List<JobEvidence> jobs = JobEvidence.of(base, "manage0", "blobs");
        JobEvidence backFill =
                JobEvidence.lastComplete(jobs, "back-fill", stores).orElseThrow();
        JobEvidence checkLogs = JobEvidence.last(jobs, "check-logs").orElseThrow();

        assertThat(backFill.doubts(stores, before)).isEmpty();
        assertThat(backFill.passBegan().orElseThrow()).isAfterOrEqualTo(before);
        assertThat(backFill.ended().orElseThrow()).isAfter(backFill.started().orElseThrow());
        assertThat(backFill.status().exit()).hasValue(4);
        assertThat(backFill.counts().of(Outcome.COPIED)).isEqualTo(1);
        assertThat(backFill.missing()).isEqualTo(3);
        assertThat(JobFindings.logged(base, backFill))
                .extracting(JobFindings.Logged::key)
                .containsExactlyInAnyOrder("lost", "gone", "late");
        assertThat(JobFindings.logged(base, backFill)).allMatch(JobFindings.Logged::notFound);
        assertThat(JobFindings.checked(base, checkLogs))
                .isEqualTo(Map.of(
                        "lost", CheckedClass.LOST_WITH_ROW,
                        "gone", CheckedClass.NOT_REFERENCED,
                        "late", CheckedClass.FOUND_IN_OLD));
        assertThat(backFill.doubts(stores, Instant.now()))
                .singleElement()
                .asString()
                .contains("was begun at");
        assertThat(backFill.doubts(new StorePair(stores.source(), "s3 http://x bucket y"), before))
                .singleElement()
                .asString()
                .contains("s3 http://x bucket y");
        assertThat(JobEvidence.lastComplete(jobs, "back-fill", stores.swapped()))
                .isEmpty();
    }

    @Test
    void aBackFillOfSomeDaysOrOneThatIsNotCompleteProvesNothing() throws Exception {
        site.add("p1", "there", new byte[5]);
        backFill("20261121T080000.000Z", "--date-range=20200101-20200102");
        JobEvidence some = JobEvidence.of(base, "manage0", "blobs").get(0);

        assertThat(some.complete()).isFalse();
        assertThat(some.doubts(stores, Instant.EPOCH))
                .singleElement()
                .asString()
                .contains("2020-01-01");

        Files.delete(Path.of(some.log()));
        assertThatThrownBy(() -> JobFindings.logged(base, some))
                .isInstanceOf(EndpointException.class)
                .hasMessageContaining(some.log());
    }

    /** Many later runs of another phase do not hide the back-fill. */
    @Test
    void theNewestOfEachPhaseIsFound() throws Exception {
        site.add("p1", "there", new byte[5]);
        backFill("20261121T070000.000Z");
        backFill("20261121T080000.000Z");
        for (int i = 0; i < 25; i++) {
            job("2026112" + (i % 2 + 1) + "T09000" + (i % 10) + "." + (100 + i) + "Z-check-logs", 0);
        }

        List<JobEvidence> jobs = JobEvidence.of(base, "manage0", "blobs");

        assertThat(jobs).hasSize(7);
        assertThat(JobEvidence.last(jobs, "back-fill").orElseThrow().id()).isEqualTo("20261121T080000.000Z-back-fill");
        assertThat(JobEvidence.last(jobs, "check-logs").orElseThrow().complete())
                .isFalse();
    }

    private void backFill(String time, String... more) throws Exception {
        Path job = directory.resolve("jobs/" + time + "-back-fill");
        Files.createDirectories(job);
        String[] args = java.util.stream.Stream.concat(
                        java.util.stream.Stream.of("--events=" + job.resolve("events.jsonl")),
                        java.util.stream.Stream.of(more))
                .toArray(String[]::new);
        job(time + "-back-fill", site.backFill(args).exit());
    }

    private void checkLogs(String time) throws Exception {
        Path job = directory.resolve("jobs/" + time + "-check-logs");
        Files.createDirectories(job);
        BlobSite.Run run = site.agent(
                site.settings(),
                "check_blob_logs",
                "--settings=-",
                "--events=" + job.resolve("events.jsonl"),
                site.logs().get(0).toString());
        job(time + "-check-logs", run.exit());
    }

    private void job(String id, int exit) throws Exception {
        Path job = directory.resolve("jobs/" + id);
        Files.createDirectories(job);
        String phase = id.substring(id.indexOf('-') + 1);
        Files.writeString(
                job.resolve("job.json"),
                new Job(id, "blobs", phase, List.of("x"), "ann", "here", "1", "").toJson() + "\n");
        Files.writeString(job.resolve("exit"), exit + "\n");
        if (!Files.exists(job.resolve("events.jsonl"))) {
            Files.writeString(job.resolve("events.jsonl"), "");
        }
        Files.writeString(job.resolve("agent.log"), "");
    }
}
