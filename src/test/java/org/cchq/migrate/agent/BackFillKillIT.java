package org.cchq.migrate.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.cchq.migrate.testing.BlobSite;
import org.cchq.migrate.testing.kill.KillRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short form of {@code bin/kill-test}. */
class BackFillKillIT {
    @TempDir
    Path directory;

    @Test
    void killedAgainAndAgainNothingIsLostWrongOrCountedTwice() throws Exception {
        try (BlobSite site = BlobSite.start(directory)) {
            KillRun run = new KillRun(site, Path.of(System.getProperty("agent.jar")), 7, line -> {});

            KillRun.Report report = run.run(2_000, 12, 1_000);

            assertThat(report.clean()).as(report.toString()).isTrue();
            assertThat(report.deletes()).isPositive();
            assertThat(report.puts()).isPositive();
        }
    }
}
