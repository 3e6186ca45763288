package org.cchq.migrate.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.SshServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** kill -9 of the controller, and of everything on the host, in the middle of a rollout. */
@Timeout(180)
class RolloutKillIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private SshServer server;
    private SshHosts hosts;
    private Path directory;

    @BeforeEach
    void start() throws Exception {
        directory = Files.createTempDirectory(Path.of("/tmp"), "cchq-rollout-");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        server = SshServer.start();
        hosts = new SshHosts(server.user(), Optional.empty()).with("web0", server);
        KillableRollout.writeOld(directory);
    }

    @AfterEach
    void stop() throws Exception {
        Files.deleteIfExists(directory.resolve("hold"));
        hosts.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 60, 120, 200, 300, 450, 700})
    void whenTheControllerIsKilledAtAnyMomentTheHostIsOldOrNewAndTheNextRunCompletes(int milliseconds)
            throws Exception {
        Process controller = controller();
        try {
            awaitGoing(controller);
            controller.waitFor(milliseconds, TimeUnit.MILLISECONDS);
        } finally {
            controller.destroyForcibly().waitFor();
        }
        Eventually.holds("the host is left alone", PATIENCE, () -> server.sessions() == 0);
        // What has begun ends by itself.
        Eventually.holds(
                "the host has ended what it began",
                PATIENCE,
                () -> !Files.exists(journal().resolve("begun")));

        List<String> after = state();
        assertThat(after).isIn(OLD, NEW);
        if (after.equals(NEW)) {
            assertThat(directory.resolve("reloaded")).exists();
        }
        completes();
    }

    @Test
    void whenTheControllerIsKilledDuringTheCheckTheHostEndsWhatItBegan() throws Exception {
        Files.createFile(directory.resolve("hold"));
        Process controller = controller();
        awaitGoing(controller);
        Eventually.holds("the files are in place", PATIENCE, () -> state().equals(NEW));
        controller.destroyForcibly().waitFor();
        Eventually.holds("the host is left alone", PATIENCE, () -> server.sessions() == 0);

        Files.delete(directory.resolve("hold"));

        Eventually.holds("it ends", PATIENCE, () -> !Files.exists(journal()));
        assertThat(directory.resolve("reloaded")).exists();
        assertThat(state()).isEqualTo(NEW);
    }

    @Test
    void whenTheHostItselfDiesDuringTheCheckTheNextRunChecksAndReloads() throws Exception {
        Files.createFile(directory.resolve("hold"));
        Process controller = controller();
        awaitGoing(controller);
        Eventually.holds("the files are in place", PATIENCE, () -> state().equals(NEW));
        long script = Long.parseLong(Files.readString(journal().resolve("pid")).split(" ", -1)[0]);
        ProcessHandle.of(script).orElseThrow().destroyForcibly();
        controller.destroyForcibly().waitFor();
        Files.delete(directory.resolve("hold"));
        Eventually.holds("it is dead", PATIENCE, () -> ProcessHandle.of(script).isEmpty());
        assertThat(directory.resolve("reloaded")).doesNotExist();

        HostDifference left = rollout().compare(List.of(wanted())).get(0);

        assertThat(left.changes()).isEmpty();
        assertThat(left.cutOff()).isTrue();
        completes();
    }

    private static final List<String> OLD = List.of("a old", "b old", "l a", "gone");
    private static final List<String> NEW = List.of("a new", "b new", "l b");

    private void completes() throws Exception {
        HostOutcome outcome = rollout()
                .apply(rollout().compare(List.of(wanted())), ended -> {})
                .get(0);
        assertThat(outcome.ok()).as(outcome.message()).isTrue();
        assertThat(state()).isEqualTo(NEW);
        assertThat(directory.resolve("reloaded")).exists();
        assertThat(rollout().compare(List.of(wanted())).get(0).none()).isTrue();
        try (Stream<Path> files = Files.list(directory.resolve("sites"))) {
            assertThat(files.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder("a", "b", "l");
        }
    }

    /** What each path is; a file that is neither wholly old nor wholly new is "half". */
    private List<String> state() throws Exception {
        Path sites = directory.resolve("sites");
        List<String> state = new java.util.ArrayList<>();
        for (String name : List.of("a", "b")) {
            String text = Files.readString(sites.resolve(name));
            String word = List.of("old", "new").stream()
                    .filter(age ->
                            text.equals(KillableRollout.text(age + " " + name).reveal()))
                    .findFirst()
                    .orElse("half");
            state.add(name + " " + word);
        }
        state.add("l " + Files.readSymbolicLink(sites.resolve("l")));
        if (Files.exists(sites.resolve("gone"))) {
            state.add("gone");
        }
        return state;
    }

    private Path journal() {
        return directory.resolve("sites/.cchq-migrate-proxy");
    }

    private Rollout rollout() {
        return new Rollout(hosts);
    }

    private org.cchq.migrate.render.HostFiles wanted() {
        return KillableRollout.wanted(directory, server.user());
    }

    private Process controller() throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KillableRollout.class.getName(),
                        Integer.toString(server.port()),
                        server.user(),
                        server.privateKey().toString(),
                        server.knownHosts().toString(),
                        directory.toString())
                .redirectErrorStream(true)
                .start();
    }

    private static void awaitGoing(Process controller) throws Exception {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(controller.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder said = new StringBuilder();
        for (String line = lines.readLine(); ; line = lines.readLine()) {
            if (line == null) {
                throw new AssertionError("the controller ended: " + said);
            }
            said.append(line).append('\n');
            if (line.equals("going")) {
                return;
            }
        }
    }
}
