package org.cchq.migrate.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.render.HostFile;
import org.cchq.migrate.render.HostFiles;
import org.cchq.migrate.render.HostFiles.Purpose;
import org.cchq.migrate.testing.SshServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Files brought to three hosts that are real sshds, each with a directory tree of its own. */
@Timeout(120)
class RolloutIT {
    private static final Masking MASKING = new Masking(List.of(new Secret("hidden-4711")));

    private SshHosts hosts;
    private Path directory;
    private String user;

    @BeforeEach
    void start() throws Exception {
        directory = Files.createTempDirectory(Path.of("/tmp"), "cchq-rollout-");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        user = System.getProperty("user.name");
        hosts = new SshHosts(user, Optional.empty());
        for (String host : List.of("web0", "web1", "proxy0")) {
            hosts.with(host, SshServer.start());
            Files.createDirectories(at(host, "available"));
            Files.createDirectories(at(host, "enabled"));
        }
    }

    @AfterEach
    void stop() throws Exception {
        if (hosts != null) {
            hosts.close();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Test
    void bringsFilesLinksAndRemovalsAndASecondTimeFindsNothingToDo() throws Exception {
        Files.writeString(at("web0", "available/east_old"), "x\n");
        Files.createSymbolicLink(at("web0", "enabled/east_old"), at("web0", "available/east_old"));
        Files.writeString(at("web0", "available/other"), "not ours\n");
        Files.writeString(at("web0", "available/east_a"), "one\ntwo\nthree\n");
        HostFiles wanted = files(
                "web0",
                "",
                "echo r >> " + at("web0", "reloads"),
                content("web0", "available/east_a", "one\nTWO\nthree\n", "0644"),
                new HostFile.Link(
                        at("web0", "enabled/east_a").toString(),
                        at("web0", "available/east_a").toString()),
                new HostFile.NoOther(at("web0", "available/east_*").toString()),
                new HostFile.NoOther(at("web0", "enabled/east_*").toString()),
                new HostFile.Absent(at("web0", "enabled/never").toString()));

        List<HostDifference> differences = rollout().compare(List.of(wanted));

        assertThat(differences.get(0).lines(MASKING))
                .containsSubsequence(" one", "-two", "+TWO", " three")
                .anyMatch(line -> line.startsWith("--- " + at("web0", "enabled/east_old") + "  (link to "))
                .anyMatch(line -> line.equals("+++ /dev/null  (removed)"));
        List<HostOutcome> outcomes = apply(differences);
        assertThat(outcomes.get(0).state()).as(outcomes.toString()).isEqualTo(HostOutcome.State.CHANGED);
        assertThat(outcomes.get(0).reloaded()).isTrue();
        assertThat(outcomes.get(0).changed()).hasSize(4);
        assertThat(at("web0", "available/east_a")).hasContent("one\nTWO\nthree\n");
        assertThat(Files.readSymbolicLink(at("web0", "enabled/east_a"))).isEqualTo(at("web0", "available/east_a"));
        assertThat(names("web0")).containsExactlyInAnyOrder("east_a", "other", "east_a", "reloads");
        assertThat(mode("web0", "available/east_a")).isEqualTo("rw-r--r--");

        List<HostDifference> again = rollout().compare(List.of(wanted));

        assertThat(again.get(0).none()).as(again.toString()).isTrue();
        assertThat(apply(again).get(0).state()).isEqualTo(HostOutcome.State.UNCHANGED);
        assertThat(at("web0", "reloads")).hasContent("r\n");
    }

    @Test
    void aFailedCheckTakesEverythingBackAndReloadsNothing() throws Exception {
        Files.writeString(at("web0", "available/east_a"), "old\n");
        Files.setPosixFilePermissions(at("web0", "available/east_a"), PosixFilePermissions.fromString("rw-rw----"));
        Files.createSymbolicLink(at("web0", "enabled/east_b"), Path.of("../available/east_a"));
        Files.writeString(at("web0", "enabled/east_c"), "stale\n");
        HostFiles wanted = files(
                "web0",
                "cat " + at("web0", "available/east_a") + "; exit 1",
                "touch " + at("web0", "reloaded"),
                content("web0", "available/east_a", "new\n", "0600"),
                content("web0", "available/east_new", "more\n", "0600"),
                content("web0", "enabled/east_b", "now a file\n", "0600"),
                new HostFile.NoOther(at("web0", "enabled/east_*").toString()));
        List<HostDifference> differences = rollout().compare(List.of(wanted));
        assertThat(differences.get(0).changes()).hasSize(4);

        HostOutcome outcome = apply(differences).get(0);

        assertThat(outcome.state()).as(outcome.message()).isEqualTo(HostOutcome.State.TAKEN_BACK);
        assertThat(outcome.message()).contains("which were taken back; nothing was reloaded", "new");
        assertThat(at("web0", "available/east_a")).hasContent("old\n");
        assertThat(mode("web0", "available/east_a")).isEqualTo("rw-rw----");
        assertThat(Files.readSymbolicLink(at("web0", "enabled/east_b"))).isEqualTo(Path.of("../available/east_a"));
        assertThat(at("web0", "enabled/east_c")).hasContent("stale\n");
        assertThat(names("web0")).containsExactlyInAnyOrder("east_a", "east_b", "east_c");
        List<HostDifference> again = rollout().compare(List.of(wanted));
        assertThat(again.get(0).changes()).isEqualTo(differences.get(0).changes());
    }

    @Test
    void aFailedReloadTakesEverythingBackAndReloadsThat() throws Exception {
        Files.writeString(at("web0", "available/east_a"), "old\n");
        HostFiles wanted = files(
                "web0",
                "",
                "cat " + at("web0", "available/east_a") + " >> " + at("web0", "seen") + "; grep -q old "
                        + at("web0", "available/east_a"),
                content("web0", "available/east_a", "new\n", "0600"));

        HostOutcome outcome = apply(rollout().compare(List.of(wanted))).get(0);

        assertThat(outcome.state()).as(outcome.message()).isEqualTo(HostOutcome.State.TAKEN_BACK);
        assertThat(at("web0", "seen")).hasContent("new\nold\n");
        assertThat(at("web0", "available/east_a")).hasContent("old\n");
    }

    @Test
    void aHostThatIsGoneAndOneThatRefusesAreResultsAndTheOthersGoOn() throws Exception {
        Files.createDirectory(at("web1", "available/east_a"));
        List<HostFiles> wanted = new ArrayList<>();
        for (String host : List.of("web0", "web1", "proxy0")) {
            wanted.add(files(host, "", "", content(host, "available/east_a", "new\n", "0600")));
        }
        wanted.add(1, files(SshHosts.GONE, "", "", content("web0", "available/east_a", "new\n", "0600")));

        List<HostOutcome> outcomes = apply(rollout().compare(wanted));

        assertThat(outcomes)
                .extracting(HostOutcome::state)
                .containsExactly(
                        HostOutcome.State.CHANGED,
                        HostOutcome.State.UNREACHABLE,
                        HostOutcome.State.FAILED,
                        HostOutcome.State.CHANGED);
        assertThat(outcomes.get(1).message()).contains("Tried to connect to ", "127.0.0.1:1");
        assertThat(outcomes.get(2).message()).contains("east_a: is a directory");
        assertThat(at("proxy0", "available/east_a")).hasContent("new\n");
    }

    @Test
    void aFileThatChangedSinceItWasShownIsNotReplaced() throws Exception {
        Files.writeString(at("web0", "available/east_a"), "old\n");
        HostFiles wanted = files("web0", "", "", content("web0", "available/east_a", "new\n", "0600"));
        List<HostDifference> differences = rollout().compare(List.of(wanted));
        Files.writeString(at("web0", "available/east_a"), "meanwhile\n");

        HostOutcome outcome = apply(differences).get(0);

        assertThat(outcome.state()).isEqualTo(HostOutcome.State.FAILED);
        assertThat(outcome.message()).contains("changed since the difference was shown");
        assertThat(at("web0", "available/east_a")).hasContent("meanwhile\n");
    }

    @Test
    void linksOnTheWayAreFollowedAndAnyTextArrivesAsItWas() throws Exception {
        Files.createDirectories(at("web0", "releases/2026"));
        Files.createSymbolicLink(at("web0", "current"), Path.of("releases/2026"));
        String text = "a = 'it\\'s $HOME `id` \\\\ %s'\n\tü\n\nlast line without an end";
        HostFiles wanted = files("web0", "", "", content("web0", "current/localsettings.py", text, "0600"));

        HostOutcome outcome = apply(rollout().compare(List.of(wanted))).get(0);

        assertThat(outcome.state()).as(outcome.message()).isEqualTo(HostOutcome.State.CHANGED);
        assertThat(Files.readString(at("web0", "releases/2026/localsettings.py")))
                .isEqualTo(text);
        assertThat(mode("web0", "releases/2026/localsettings.py")).isEqualTo("rw-------");
        assertThat(Files.isSymbolicLink(at("web0", "current"))).isTrue();
        assertThat(rollout().compare(List.of(wanted)).get(0).none()).isTrue();
    }

    @Test
    void onlyTheModeIsADifferenceToo() throws Exception {
        Files.writeString(at("web0", "available/east_a"), "same\n");
        Files.setPosixFilePermissions(at("web0", "available/east_a"), PosixFilePermissions.fromString("rw-r--r--"));
        HostFiles wanted = files("web0", "", "", content("web0", "available/east_a", "same\n", "0600"));

        List<HostDifference> differences = rollout().compare(List.of(wanted));

        assertThat(differences.get(0).lines(MASKING))
                .hasSize(2)
                .last()
                .asString()
                .contains("(0600 " + user);
        apply(differences);
        assertThat(mode("web0", "available/east_a")).isEqualTo("rw-------");
    }

    @Test
    void aRolloutThatWasCutOffIsFinishedByTheNextAndAFailedCheckGoesBackToBeforeTheFirst() throws Exception {
        Files.writeString(at("web0", "available/east_a"), "oldest\n");
        HostFile.Content wantedFile = content("web0", "available/east_a", "new\n", "0600");
        // As a host that lost its power leaves it: the first file is in place, nothing was checked or reloaded.
        Path journal = Files.createDirectory(at("web0", "available/.cchq-migrate-proxy"));
        String key = Change.key(wantedFile.path());
        Files.writeString(journal.resolve("pid"), "999999999 1\n");
        Files.writeString(journal.resolve("begun"), "");
        Files.writeString(journal.resolve("list"), "file " + key + " 0600 x - " + wantedFile.path() + "\n");
        Files.move(at("web0", "available/east_a"), journal.resolve("old-" + key));
        Files.writeString(journal.resolve("path-" + key), wantedFile.path() + "\n");
        Files.writeString(at("web0", "available/east_a"), "new\n");
        Files.setPosixFilePermissions(at("web0", "available/east_a"), PosixFilePermissions.fromString("rw-------"));
        Files.writeString(at("web0", "available/.cchq-migrate-" + key), "half");
        HostFiles failing = files("web0", "false", "touch " + at("web0", "reloaded"), wantedFile);
        HostFiles wanted = files("web0", "true", "touch " + at("web0", "reloaded"), wantedFile);

        List<HostDifference> differences = rollout().compare(List.of(wanted));

        assertThat(differences.get(0).none()).isFalse();
        assertThat(differences.get(0).lines(MASKING)).anyMatch(line -> line.contains("cut off"));
        HostOutcome refused = apply(rollout().compare(List.of(failing))).get(0);
        assertThat(refused.state()).as(refused.message()).isEqualTo(HostOutcome.State.TAKEN_BACK);
        assertThat(at("web0", "available/east_a")).hasContent("oldest\n");
        HostOutcome outcome = apply(rollout().compare(List.of(wanted))).get(0);
        assertThat(outcome.state()).as(outcome.message()).isEqualTo(HostOutcome.State.CHANGED);
        assertThat(outcome.reloaded()).isTrue();
        assertThat(at("web0", "available/east_a")).hasContent("new\n");
        assertThat(names("web0")).containsExactlyInAnyOrder("east_a", "reloaded");
    }

    @Test
    void onlyOneRolloutWorksOnAHostAtATime() throws Exception {
        HostFiles wanted = files("web0", "", "", content("web0", "available/east_a", "new\n", "0600"));
        List<HostDifference> differences = rollout().compare(List.of(wanted));
        Path journal = Files.createDirectory(at("web0", "available/.cchq-migrate-proxy"));
        String stat = Files.readString(Path.of("/proc/self/stat"));
        String started = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19];
        Files.writeString(journal.resolve("pid"), ProcessHandle.current().pid() + " " + started + "\n");

        assertThat(apply(differences).get(0).message()).contains("another rollout works there");
        assertThat(rollout().compare(List.of(wanted)).get(0).trouble()).isPresent();

        assertThat(at("web0", "available/east_a")).doesNotExist();
        Files.writeString(journal.resolve("pid"), ProcessHandle.current().pid() + " 1\n");
        assertThat(apply(differences).get(0).state()).isEqualTo(HostOutcome.State.CHANGED);
    }

    private Rollout rollout() {
        return new Rollout(hosts);
    }

    private List<HostOutcome> apply(List<HostDifference> differences) throws Exception {
        return rollout().apply(differences, outcome -> {});
    }

    private Path at(String host, String path) {
        return directory.resolve(host).resolve(path);
    }

    private HostFile.Content content(String host, String path, String text, String mode) {
        return new HostFile.Content(at(host, path).toString(), new Secret(text), user, "", mode);
    }

    private static HostFiles files(String host, String check, String reload, HostFile... files) {
        return new HostFiles(host, Purpose.PROXY, List.of(files), check, reload);
    }

    private List<String> names(String host) throws Exception {
        try (Stream<Path> files = Files.walk(directory.resolve(host))) {
            return files.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                    .map(path -> path.getFileName().toString())
                    .toList();
        }
    }

    private String mode(String host, String path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(at(host, path)));
    }
}
