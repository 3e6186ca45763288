package org.cchq.migrate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.testing.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, really killed. */
@Timeout(300)
class LedgerKillIT {
    private static final int ROWS_OF_EACH_SHARD = 2_000;
    private static final int ROWS = 2 * ROWS_OF_EACH_SHARD;
    private static final int KILLS = 6;
    private static final int STARTS_AT_ONCE = 8;

    @TempDir
    Path directory;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void endWhatIsLeft() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void killedAgainAndAgainNothingIsLostOrCountedTwice() throws Exception {
        Random random = new Random(7);
        for (int kill = 1; kill <= KILLS; kill++) {
            Process run = start(kill);
            long enough = worked().size() + 1L + random.nextInt(ROWS / KILLS / 2);
            Eventually.holds("items are worked on", Duration.ofSeconds(60), () -> worked().size() >= enough);
            run.destroyForcibly().waitFor();
        }
        Process last = start(0);
        assertThat(last.waitFor(120, TimeUnit.SECONDS)).isTrue();

        assertThat(last.exitValue()).as(output(0)).isEqualTo(ExitCode.SUCCESS.code());
        try (LedgerReader ledger = LedgerReader.open(directory.resolve("ledger.sqlite"))) {
            PassRecord pass = ledger.lastPass().orElseThrow();
            assertThat(pass.number()).isEqualTo(1);
            assertThat(pass.sessions()).isBetween(2, KILLS + 1);
            assertThat(pass.counts().enumerated()).isEqualTo(ROWS);
            assertThat(pass.counts().done()).isEqualTo(ROWS);
        }
        try (var files = Files.list(directory.resolve("stored"))) {
            assertThat(files).hasSize(ROWS);
        }
        List<String> worked = worked();
        assertThat(new HashSet<>(worked)).hasSize(ROWS);
        assertThat(worked.size() - ROWS)
                .as("redone: at most a chunk for each worker and kill")
                .isBetween(0, KILLS * KillableRun.CHUNK * KillableRun.WORKERS);
    }

    @Test
    void ofManyStartsAtOnceExactlyOneRuns() throws Exception {
        try (Ledger mine =
                Ledger.open(directory.resolve("ledger.sqlite"), Runs.IDENTITY, Runs.OWNER, Clock.systemUTC())) {
            Process refused = start(0);

            assertThat(refused.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(refused.exitValue()).isEqualTo(ExitCode.LEASE_HELD.code());
            assertThat(output(0)).contains("alice on control1, process 4711, since 20");
            assertThat(mine.lastPass()).isEmpty();
        }

        for (int i = 1; i <= STARTS_AT_ONCE; i++) {
            start(i);
        }

        int ran = 0;
        for (int i = 1; i <= STARTS_AT_ONCE; i++) {
            Process process = started.get(i);
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(output(i)).isIn(ExitCode.SUCCESS.code(), ExitCode.LEASE_HELD.code());
            ran += process.exitValue() == ExitCode.SUCCESS.code() ? 1 : 0;
        }
        assertThat(ran).isPositive();
        try (LedgerReader ledger = LedgerReader.open(directory.resolve("ledger.sqlite"))) {
            assertThat(ledger.passes())
                    .hasSize(ran)
                    .allMatch(pass -> pass.sessions() == 1
                            && pass.state() == PassState.COMPLETE
                            && pass.counts().done() == ROWS);
        }
    }

    private Process start(int number) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KillableRun.class.getName(),
                        directory.toString(),
                        String.valueOf(ROWS_OF_EACH_SHARD))
                .redirectErrorStream(true)
                .redirectOutput(new File(directory.toFile(), "output" + number))
                .start();
        started.add(process);
        return process;
    }

    private String output(int number) throws IOException {
        return Files.readString(directory.resolve("output" + number));
    }

    private List<String> worked() throws IOException {
        Path file = directory.resolve("worked");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }
}
