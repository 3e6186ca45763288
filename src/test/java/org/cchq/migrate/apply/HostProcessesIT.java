package org.cchq.migrate.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.SshServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which processes of a real host began before a file changed. */
@Timeout(60)
class HostProcessesIT {
    @TempDir
    Path directory;

    private SshHosts hosts;
    private String marker;

    @BeforeEach
    void start() throws Exception {
        hosts = new SshHosts(System.getProperty("user.name"), Optional.empty()).with("web0", SshServer.start());
        marker = "cchq-worker-" + System.nanoTime();
    }

    @AfterEach
    void stop() throws Exception {
        hosts.close();
    }

    @Test
    void tellsTheProcessesThatBeganBeforeTheFileOrALinkOnItsWayChanged() throws Exception {
        Files.createDirectories(directory.resolve("releases/1"));
        Files.createDirectories(directory.resolve("releases/2"));
        Files.writeString(directory.resolve("releases/1/settings"), "one");
        Files.writeString(directory.resolve("releases/2/settings"), "two");
        Path current = Files.createSymbolicLink(directory.resolve("current"), directory.resolve("releases/1"));
        Path settings = current.resolve("settings");
        Process first = worker();
        Process second = null;
        try {
            aTickLater();
            HostProcesses.Answer answer = look(settings);

            assertThat(answer.trouble()).isEmpty();
            assertThat(answer.processes()).extracting(HostProcess::pid).containsExactly(first.pid());
            assertThat(answer.processes().get(0).started())
                    .isBetween(
                            first.info().startInstant().orElseThrow().minusMillis(1100),
                            first.info().startInstant().orElseThrow().plusMillis(1100));
            assertThat(answer.processes().get(0).firstWords()).startsWith("sh -c");
            assertThat(answer.older()).isEmpty();
            assertThat(answer.clockAhead().abs()).isLessThan(Duration.ofSeconds(10));

            // The file in the other release is older than the process: what changed is where the path leads.
            Path next = Files.createSymbolicLink(directory.resolve("next"), directory.resolve("releases/2"));
            Files.move(next, current, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            assertThat(look(settings).older()).hasSize(1);
            aTickLater();
            second = worker();
            aTickLater();
            assertThat(look(settings).processes()).hasSize(2);
            assertThat(look(settings).older()).extracting(HostProcess::pid).containsExactly(first.pid());

            // A file that is put in place after it was written keeps its time of writing.
            Path written = Files.writeString(directory.resolve("releases/2/new"), "three");
            Files.setLastModifiedTime(written, java.nio.file.attribute.FileTime.fromMillis(0));
            Files.move(
                    written,
                    directory.resolve("releases/2/settings"),
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            assertThat(look(settings).older()).hasSize(2);
            assertThat(look(directory.resolve("nothing")).fileChanged()).isEmpty();
        } finally {
            first.destroyForcibly();
            if (second != null) {
                second.destroyForcibly();
            }
        }
    }

    @Test
    void aHostThatIsGoneIsAnAnswer() throws Exception {
        HostProcesses.Answer answer = new HostProcesses(hosts, Clock.systemUTC())
                .look(List.of(new HostProcesses.Question(SshHosts.GONE, "root", Pattern.compile("x"), "/etc/passwd")))
                .get(0);

        assertThat(answer.trouble()).isPresent();
        assertThat(answer.trouble().get().unreachable()).isTrue();
    }

    private HostProcesses.Answer look(Path file) throws Exception {
        HostProcesses.Question question = new HostProcesses.Question(
                "web0", System.getProperty("user.name"), Pattern.compile(marker), file.toString());
        return new HostProcesses(hosts, Clock.systemUTC())
                .look(List.of(question))
                .get(0);
    }

    private Process worker() throws Exception {
        Process worker = new ProcessBuilder("sh", "-c", "while :; do sleep 0.1; done", marker).start();
        Eventually.holds("it runs", Duration.ofSeconds(5), worker::isAlive);
        return worker;
    }

    /** Starts are told in hundredths of a second. */
    private static void aTickLater() throws Exception {
        long from = System.nanoTime();
        Eventually.holds("some ticks", Duration.ofSeconds(5), () -> System.nanoTime() - from > 200_000_000L);
    }
}
