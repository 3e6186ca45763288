package org.cchq.migrate.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.migration.AgentEvent;
import org.cchq.migrate.push.AgentPush;
import org.cchq.migrate.push.Artifact;
import org.cchq.migrate.push.HostBase;
import org.cchq.migrate.push.InstalledAgent;
import org.cchq.migrate.push.JavaChoice;
import org.cchq.migrate.ssh.Become;
import org.cchq.migrate.ssh.CommandOutput;
import org.cchq.migrate.ssh.RemoteShell;
import org.cchq.migrate.ssh.SshConnection;
import org.cchq.migrate.ssh.SshSettings;
import org.cchq.migrate.ssh.SshTarget;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.SshServer;
import org.cchq.migrate.testing.StandInAgent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class JobIT {
    private static final String SECRET = "the-key-that-nobody-may-see-4711";
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private SshServer server;
    private HostAccess host;
    private HostSession session;
    private InstalledAgent agent;
    private String home;

    @BeforeEach
    void start() throws Exception {
        server = SshServer.start();
        try (SshConnection connection = connect()) {
            home = shell(connection)
                    .require("make a directory", "mktemp -d /tmp/cchq-run-XXXXXX")
                    .strip();
        }
        host = new HostAccess() {
            @Override
            public String name() {
                return "web0";
            }

            @Override
            public HostSession open() throws EndpointException, InterruptedException {
                SshConnection connection = connect();
                return new HostSession(connection, HostBase.of(shell(connection), Optional.of(home)));
            }
        };
        session = host.open();
        Artifact jar = Artifact.of(StandInAgent.jar(directory));
        agent = new AgentPush(jar, directory, JavaChoice.of(Optional.of(java()))).to(session.base());
    }

    @AfterEach
    void stop() throws Exception {
        if (server == null) {
            return;
        }
        try (SshConnection connection = connect()) {
            RemoteShell shell = shell(connection);
            Eventually.holds(
                    "no archive in the making",
                    SOON,
                    () -> !shell.run(
                                    "cd " + home
                                            + "/jobs && for j in *; do [ -e $j/exit ] && [ -e $j/classes ] && exit 0; done; exit 1")
                            .ok());
            shell.run("for p in " + home + "/jobs/*/pid; do kill -9 $(cat $p); done; rm -rf " + home);
        }
        session.close();
        server.close();
    }

    @Test
    void tellsEveryLineOnceAndTheAgentsExitStatus() throws Exception {
        String id = run(30, 10, 4);
        RecordedJob recorded = new RecordedJob();

        FollowEnd end = follower().follow(id, recorded);

        assertThat(end.exit()).isEqualTo(OptionalInt.of(4));
        assertThat(recorded.lines).isEqualTo(expected(30));
        assertThat(recorded.events).hasSize(5).first().isInstanceOf(AgentEvent.Started.class);
        assertThat(recorded.events).last().isInstanceOf(AgentEvent.Ended.class);
    }

    @Test
    void theNextAgentStartsFromAnArchiveOfClassesOrWithoutIfThatDoesNotFit() throws Exception {
        follower().follow(run(3, 1, 0), new RecordedJob());
        Path jar = Path.of(agent.jar());
        String archives = jar.toString().replace(".jar", "-*.jsa");
        Eventually.holds(
                "an archive of classes", SOON, () -> shellRun("ls " + archives).ok());
        String archive = shellRun("ls " + archives).stdout().strip();

        assertThat(shellRun("ls -l " + archive).stdout()).contains(" " + home);
        assertThat(linesOfARun()).isEqualTo(expected(3));
        assertThat(openFiles(run(2_000, 5, 0))).contains(archive);

        assertThat(shellRun("chmod 600 " + archive + "; echo rubbish > " + archive)
                        .ok())
                .isTrue();
        assertThat(linesOfARun()).isEqualTo(expected(3));
        assertThat(shellRun("cat " + archive).stdout()).isEqualTo("rubbish\n");
    }

    private List<String> linesOfARun() throws Exception {
        RecordedJob recorded = new RecordedJob();
        FollowEnd end = follower().follow(run(3, 1, 0), recorded);
        assertThat(end.exit()).isEqualTo(OptionalInt.of(0));
        return recorded.lines;
    }

    private String openFiles(String id) throws Exception {
        return shellRun("cat /proc/$(cat " + home + "/jobs/" + id + "/pid)/maps")
                .stdout();
    }

    private CommandOutput shellRun(String command) throws Exception {
        return session.base().shell().run(command);
    }

    @Test
    void outlivesTheSessionThatStartedItAndLostConnections() throws Exception {
        String id = run(1000, 10, 0);
        RecordedJob recorded = new RecordedJob();
        CompletableFuture<FollowEnd> end = following(id, recorded);

        for (int lines : List.of(30, 300, 600)) {
            Eventually.holds("line " + lines, SOON, () -> recorded.lines.size() > lines);
            server.dropSessions();
        }

        assertThat(end.get(60, TimeUnit.SECONDS).exit()).isEqualTo(OptionalInt.of(0));
        assertThat(recorded.losses.get()).isGreaterThanOrEqualTo(3);
        assertThat(recorded.lines).isEqualTo(expected(1000));
        assertThat(recorded.events).hasSize(102);
    }

    @Test
    void aSecondTerminalSeesItFollowsItAndCancelsIt() throws Exception {
        String id = run(100_000, 20, 0);
        RecordedJob first = new RecordedJob();
        CompletableFuture<FollowEnd> end = following(id, first);
        Eventually.holds("lines", SOON, () -> first.lines.size() > 20);

        try (HostSession second = host.open()) {
            JobStatus running = JobList.newest(second.base(), "blobs").orElseThrow();
            assertThat(running.state()).isEqualTo(JobStatus.State.RUNNING);
            assertThat(running.job().id()).isEqualTo(id);
            assertThat(running.started()).isPresent();
            assertThat(running.progress().orElseThrow().snapshot().pass().enumerated())
                    .isPositive();
            RecordedJob attached = new RecordedJob();
            CompletableFuture<FollowEnd> again = following(id, attached);

            new JobDirectory(second.base(), id).cancel("ann on desk1");

            assertThat(again.get(30, TimeUnit.SECONDS).exit()).isEqualTo(OptionalInt.of(7));
            assertThat(end.get(30, TimeUnit.SECONDS).exit()).isEqualTo(OptionalInt.of(7));
            assertThat(attached.lines).isEqualTo(first.lines).last().isEqualTo("stopped: cancel ann on desk1");
            JobStatus ended = JobList.newest(second.base(), "blobs").orElseThrow();
            assertThat(ended.state()).isEqualTo(JobStatus.State.ENDED);
            assertThat(ended.exit()).isEqualTo(OptionalInt.of(7));
            assertThat(ended.ended().orElseThrow().result()).isEqualTo("stopped");
        }
    }

    @Test
    void theSettingsAreInNoFileAndInNoProcessTable() throws Exception {
        run(200, 20, 0);

        RemoteShell shell = session.base().shell();
        assertThat(filesThatHold(SECRET, Path.of(home))).isEmpty();
        assertThat(processesThatShow(SECRET)).isEmpty();
        String modes = shell.require(
                "look",
                "stat -c %a " + home + "/jobs " + home + "/jobs/* && stat -c %a " + home + "/jobs/*/* | sort -u");
        assertThat(modes).isEqualTo("700\n700\n600\n");
    }

    @Test
    void aProcessThatIsGoneWithoutAnExitStatusIsToldAsDied() throws Exception {
        String id = run(100_000, 20, 0);
        RecordedJob recorded = new RecordedJob();
        CompletableFuture<FollowEnd> end = following(id, recorded);
        RemoteShell shell = session.base().shell();

        // As a reboot does: the agent and the shell that waits for it go at once.
        shell.require(
                "kill",
                "p=$(cat " + home + "/jobs/" + id
                        + "/pid); q=$(sed 's/.*) . //; s/ .*//' /proc/$p/stat); kill -9 $q $p");

        assertThat(end.get(30, TimeUnit.SECONDS).exit()).isEmpty();
        assertThat(JobList.newest(session.base(), "blobs").orElseThrow().state())
                .isEqualTo(JobStatus.State.DIED);
    }

    @Test
    void anAgentThatFailsBeforeItsWorkBeginsLeavesItsExitStatusAndItsReason() throws Exception {
        run(0, 0, 3);

        JobStatus status = JobList.newest(session.base(), "blobs").orElseThrow();
        assertThat(status.state()).isEqualTo(JobStatus.State.ENDED);
        assertThat(status.exit()).isEqualTo(OptionalInt.of(3));
        assertThat(status.complaint()).isEqualTo("Tried to connect to new but it refused");
    }

    @Test
    void aJobThatIsNotThereIsSaidAtOnce() {
        assertThatThrownBy(() -> follower().follow("20260101T000000.000Z-back-fill", new RecordedJob()))
                .isInstanceOf(EndpointException.class)
                .hasMessageContaining("20260101T000000.000Z-back-fill");
    }

    @Test
    void aHostWithoutJobsHasNone() throws Exception {
        assertThat(JobList.of(session.base(), "blobs")).isEmpty();
    }

    private String run(int lines, int milliseconds, int exit) throws Exception {
        String id = Job.id(Instant.now(), "back-fill");
        Job job = new Job(id, "blobs", "back-fill", List.of("run_blob_migration"), "ann", "desk1", "test", "/log");
        // A session of its own, so that nothing of it is left when the agent works.
        try (HostSession starting = host.open()) {
            new JobDirectory(starting.base(), id)
                    .start(
                            job,
                            new AgentStart(
                                    agent,
                                    List.of("-Xmx64m", "-XX:+UseSerialGC"),
                                    List.of("" + lines, "" + milliseconds, "" + exit),
                                    new Secret("{\"key\":\"" + SECRET + "\"}")));
        }
        return id;
    }

    private static List<Path> filesThatHold(String text, Path directory) throws Exception {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(text)) {
                    found.add(file);
                }
            }
        }
        return found;
    }

    private static List<Path> processesThatShow(String text) throws Exception {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                for (String file : List.of("cmdline", "environ")) {
                    if (readable(process.resolve(file)).contains(text)) {
                        found.add(process.resolve(file));
                    }
                }
            }
        }
        return found;
    }

    private static String readable(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // it ended meanwhile, or is another user's
        }
    }

    private static List<String> expected(int lines) {
        return Stream.concat(
                        Stream.of("settings of " + ("{\"key\":\"" + SECRET + "\"}").length() + " bytes"),
                        IntStream.rangeClosed(1, lines).mapToObj(i -> "line " + i))
                .toList();
    }

    private JobFollower follower() {
        return new JobFollower(host, Sleeper.SYSTEM);
    }

    private CompletableFuture<FollowEnd> following(String id, RecordedJob recorded) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return follower().follow(id, recorded);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    private SshConnection connect() throws EndpointException, InterruptedException {
        return SshConnection.connect(
                new SshTarget("web0", server.address(), server.port(), server.user()),
                SshSettings.of(server.knownHosts(), true, List.of(server.privateKey()), warning -> {}));
    }

    private RemoteShell shell(SshConnection connection) {
        return RemoteShell.as(new Become(server.serviceUser(), Optional.empty()), connection);
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin/java").toString();
    }
}
