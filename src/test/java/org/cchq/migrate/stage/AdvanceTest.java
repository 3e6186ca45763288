package org.cchq.migrate.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.environment.DjangoSettings;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.migration.CheckedClass;
import org.cchq.migrate.migration.Outcome;
import org.cchq.migrate.run.JobFindings;
import org.cchq.migrate.run.StorePair;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdvanceTest {
    private static final MoveOptions QUIET = new MoveOptions(
            false, true, List.of(), List.of(), Optional.empty(), Optional.empty(), Duration.ZERO, false, false, false);
    private static final MoveOptions TO_NEW =
            options(QUIET, List.of(new NewHost(PaperSite.NEW_HOST, "newriak0")), false);
    private static final MoveOptions LEAVE = options(QUIET, List.of(), true);

    @TempDir
    Path directory;

    private PaperSite site;

    @BeforeEach
    void start() throws Exception {
        site = PaperSite.before(directory);
    }

    @Test
    void goesFromBeforeToFinalAndNoRequestFailsOnTheWay() throws Exception {
        String inventory = site.text("inventory.ini");
        String settings = site.text("public.yml");
        site.newKeysToVault();
        forward(TO_NEW);
        assertThat(stage()).isEqualTo(Stage.DUAL);
        assertThat(site.behind("8080") + site.behind("8081")).isEqualTo("oldnew");
        everythingCopied();
        forward(QUIET);
        assertThat(stage()).isEqualTo(Stage.TEMP_FLIP);
        assertThat(site.behind("8080") + site.behind("8081")).isEqualTo("newnew");
        site.wait(Duration.ofSeconds(5));
        forward(QUIET);
        assertThat(stage()).isEqualTo(Stage.FINAL);
        assertThat(site.behind("8080") + site.behind("8081")).isEqualTo("new");
        assertThat(site.text("public.yml")).isEqualTo(settings);
        assertThat(site.text("inventory.ini"))
                .isEqualTo(inventory.replace("127.0.0.2 hostname=oldriak0", "127.0.0.3 hostname=newriak0"));
        Heard heard = new Heard(true);
        assertThat(new Advance(site.ground(this::noRequestFails), heard, QUIET).forward())
                .isEqualTo(Advance.Outcome.NOTHING);
        assertThat(site.history).anyMatch(line -> line.contains("advance blobs: before to dual, step 1"));
    }

    @Test
    void goesBackFromTempFlipToTheOldBytes() throws Exception {
        String inventory = site.text("inventory.ini");
        String settings = site.text("public.yml");
        site.newKeysToVault();
        forward(TO_NEW);
        String dualInventory = site.text("inventory.ini");
        String dualSettings = site.text("public.yml");
        everythingCopied();
        forward(QUIET);
        backward(QUIET);
        assertThat(stage()).isEqualTo(Stage.DUAL);
        assertThat(site.text("inventory.ini")).isEqualTo(dualInventory);
        assertThat(site.text("public.yml")).isEqualTo(dualSettings);
        assertThat(site.behind("8080") + site.behind("8081")).isEqualTo("oldnew");
        site.oldKeysToVault();
        backward(LEAVE);
        assertThat(stage()).isEqualTo(Stage.BEFORE);
        assertThat(site.text("inventory.ini")).isEqualTo(inventory);
        assertThat(site.text("public.yml")).isEqualTo(settings);
        assertThat(site.behind("8080") + site.behind("8081")).isEqualTo("old");
    }

    @Test
    void killedAnywhereOnTheWayToDualOneCommandGoesOn() throws Exception {
        killedEverywhere("dual", List.of(TO_NEW), true);
    }

    @Test
    void killedAnywhereOnTheWayToTempFlipOneCommandGoesOn() throws Exception {
        killedEverywhere("flip", List.of(TO_NEW, QUIET), true);
    }

    @Test
    void killedAnywhereOnTheWayToFinalOneCommandGoesOn() throws Exception {
        killedEverywhere("final", List.of(TO_NEW, QUIET, QUIET), true);
    }

    @Test
    void killedAnywhereOnTheWayBackToDualOneCommandGoesOn() throws Exception {
        killedEverywhere("back", List.of(TO_NEW, QUIET, QUIET), false);
    }

    /** Kills the last of the moves at each of its points; the same command, and the opposite one, have to end well. */
    private void killedEverywhere(String name, List<MoveOptions> moves, boolean forward) throws Exception {
        List<String> points = new ArrayList<>();
        prepared(name + "-whole", moves);
        PaperSite prepared = site.copyTo(directory.resolve(name + "-prepared"));
        move(moves.get(moves.size() - 1), forward, points::add);
        Stage reached = stage();
        String wanted = state();
        assertThat(points).hasSizeGreaterThan(5);
        for (int i = 0; i < points.size(); i++) {
            int at = i;
            for (boolean goOn : List.of(true, false)) {
                site = prepared.copyTo(directory.resolve(name + "-" + i + goOn));
                int[] seen = {0};
                assertThatThrownBy(() -> move(moves.get(moves.size() - 1), forward, point -> {
                            if (seen[0]++ == at) {
                                throw new PaperSite.Killed(point);
                            }
                        }))
                        .as(points.get(i))
                        .isInstanceOf(PaperSite.Killed.class);
                noRequestFails(points.get(i));
                assertThat(FileStage.of(site.ground(p -> {}).environment()).stage())
                        .as("killed at " + points.get(i))
                        .isPresent();
                if (state().equals(wanted) && reached == stage() && goOn) {
                    continue;
                }
                if (goOn) {
                    move(moves.get(moves.size() - 1), forward, this::noRequestFails);
                    assertThat(stage()).as("going on from " + points.get(i)).isEqualTo(reached);
                    assertThat(state()).as("going on from " + points.get(i)).isEqualTo(wanted);
                } else {
                    opposite(forward, points.get(i));
                }
            }
        }
    }

    /** The other command never leaves the site in between, and never makes a request fail. */
    private void opposite(boolean forward, String point) throws Exception {
        Heard heard = new Heard(true);
        boolean old = site.text("public.yml").contains("MIGRATING")
                || !site.text("inventory.ini").contains("newriak0");
        if (forward && old && !site.text("public.yml").contains("TEMP")) {
            if (site.behind("8080").equals("old")) {
                site.oldKeysToVault();
            }
        }
        try {
            Advance advance = new Advance(site.ground(this::noRequestFails), heard, forward ? LEAVE : QUIET);
            if (forward) {
                advance.backward();
            } else {
                advance.forward();
            }
        } catch (org.cchq.migrate.base.UserException e) {
            assertThat(e.getMessage()).as(point).contains("no way back from final");
        }
        noRequestFails("after the opposite of " + point + "\n" + heard.text());
    }

    @Test
    void showsAndAsksFirst() throws Exception {
        site.newKeysToVault();
        String before = state();
        Heard heard = new Heard(false);
        MoveOptions asking = options(MoveOptions.none(), TO_NEW.newHosts(), false);
        assertThat(new Advance(site.ground(p -> {}), heard, asking).forward()).isEqualTo(Advance.Outcome.DECLINED);
        assertThat(state()).isEqualTo(before);
        assertThat(heard.text())
                .contains("+  BLOB_DB_MIGRATING_FROM_S3_TO_S3: True")
                .contains("+127.0.0.3 hostname=newriak0")
                .contains("Do you want to apply these changes?");
    }

    @Test
    void refusesKeysThatDoNotOpenTheOldStore() throws Exception {
        site.newKeysToVault();
        site.edit("vault.yml", "OLD_S3_BLOB_DB_ACCESS_KEY: sandbox-old", "OLD_S3_BLOB_DB_ACCESS_KEY: stale");
        Heard heard = new Heard(true);
        assertThat(new Advance(site.ground(p -> {}), heard, TO_NEW).forward()).isEqualTo(Advance.Outcome.SHUT);
        assertThat(heard.gates).filteredOn(gate -> !gate.open()).singleElement().satisfies(gate -> {
            assertThat(gate.name()).isEqualTo("keys of the old store");
            assertThat(gate.remedy()).contains("secrets.OLD_S3_BLOB_DB_ACCESS_KEY");
        });
        assertThat(stage()).isEqualTo(Stage.BEFORE);
    }

    @Test
    void refusesToFlipWithoutEvidenceAndSaysWhatBringsIt() throws Exception {
        site.newKeysToVault();
        forward(TO_NEW);
        assertThat(shut(QUIET)).containsExactly("back-fill complete", "missing blobs explained", "target verified");
        StorePair stores = stores();
        site.jobs.add(Jobs.ended("back-fill", site.now(), stores, Map.of(Outcome.COPIED, 10L), 0));
        assertThat(shut(QUIET)).containsExactly("target verified");
        site.jobs.add(Jobs.ended("verify", site.now(), stores, Map.of(Outcome.DIFFERS, 1L), 5));
        assertThat(shut(QUIET)).containsExactly("target verified");
        site.jobs.add(Jobs.ended("verify", site.now(), stores, Map.of(Outcome.ALREADY_THERE, 10L), 0));
        site.restart("127.0.0.13");
        assertThat(shut(QUIET)).isEmpty();
    }

    @Test
    void aBackFillFromBeforeTheLastRestartIsNoEvidence() throws Exception {
        site.newKeysToVault();
        StorePair stores =
                new StorePair("s3 http://127.0.0.11:8080 bucket blobdb", "s3 http://127.0.0.11:8081 bucket blobdb");
        site.jobs.add(Jobs.ended("back-fill", site.now(), stores, Map.of(Outcome.COPIED, 10L), 0));
        site.jobs.add(Jobs.ended("verify", site.now(), stores, Map.of(Outcome.ALREADY_THERE, 10L), 0));
        forward(TO_NEW);
        assertThat(stores()).isEqualTo(stores);
        assertThat(shut(QUIET)).containsExactly("back-fill complete", "target verified");
    }

    @Test
    void missingBlobsAreExplainedOrAcceptedAndThatIsRecorded() throws Exception {
        site.newKeysToVault();
        forward(TO_NEW);
        StorePair stores = stores();
        site.jobs.add(Jobs.ended(
                "back-fill", site.now(), stores, Map.of(Outcome.COPIED, 8L, Outcome.MISSING_ON_SOURCE, 2L), 4));
        site.jobs.add(Jobs.ended(
                "verify", site.now(), stores, Map.of(Outcome.ALREADY_THERE, 8L, Outcome.MISSING_ON_SOURCE, 2L), 4));
        site.logged.add(new JobFindings.Logged("gone", "not found", "d", 1, "p"));
        site.logged.add(new JobFindings.Logged("lost", "not found", "d", 1, "p"));
        assertThat(shut(QUIET)).containsExactly("missing blobs explained");
        site.jobs.add(Jobs.ended("check-logs", site.now(), stores, Map.of(), 4));
        site.checked.put("gone", CheckedClass.NOT_REFERENCED);
        site.checked.put("lost", CheckedClass.LOST_WITH_ROW);
        assertThat(shut(QUIET)).containsExactly("missing blobs explained");
        Path file = Files.writeString(directory.resolve("missing.txt"), "# lost in 2019\nlost\n");
        MoveOptions accepting = new MoveOptions(
                false,
                true,
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.of(AcceptedBlobs.read(file)),
                Duration.ZERO,
                false,
                false,
                false);
        forward(accepting);
        assertThat(stage()).isEqualTo(Stage.TEMP_FLIP);
        assertThat(site.text(MigrationRecord.FILE)).contains("\"by\":\"ann\",\"blobs\":1");
        assertThat(site.history).anyMatch(line -> line.startsWith("accepted 1 missing blobs"));
    }

    @Test
    void theNewClusterTakesTheOldKeysWhileItIsFlippedUnlessTheOperatorLetsDeletesFail() throws Exception {
        site.newKeysToVault();
        forward(TO_NEW);
        everythingCopied();
        site.newTakesOldKeys = false;
        assertThat(shut(QUIET)).containsExactly("keys of the old store at the new cluster");
        forward(new MoveOptions(
                false,
                true,
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Duration.ZERO,
                false,
                false,
                true));
        assertThat(stage()).isEqualTo(Stage.TEMP_FLIP);
    }

    @Test
    void theLastGateAsksWhoStillUsesTheOldStore() throws Exception {
        site.newKeysToVault();
        forward(TO_NEW);
        everythingCopied();
        forward(QUIET);
        site.seenInLogs = "seen 3 2026-01-01T00:00:00+00:00 GET 200";
        assertThat(shut(QUIET)).containsExactly("nobody on port 8081", "the old store is idle");
        site.seenInLogs = "none";
        assertThat(shut(QUIET)).containsExactly("nobody on port 8081", "the old store is idle");
        site.seenInLogs = "seen 0";
        MoveOptions hour = MoveOptions.none();
        assertThat(shut(hour)).containsExactly("nobody on port 8081", "the old store is idle");
        site.wait(Duration.ofHours(2));
        assertThat(shut(hour)).isEmpty();
    }

    @Test
    void backToBeforeSaysWhatItWouldLoseAndAsksForTheOldKeys() throws Exception {
        site.newKeysToVault();
        forward(TO_NEW);
        Heard heard = new Heard(true);
        assertThat(new Advance(site.ground(p -> {}), heard, QUIET).backward()).isEqualTo(Advance.Outcome.SHUT);
        assertThat(heard.gates.stream().filter(gate -> !gate.open()).map(Gate::name))
                .containsExactly("keys of the old store", "nothing only on the new store");
        assertThat(heard.gates.get(1).remedy()).contains("run blobs copy-back").contains("--leave-new-blobs");
        site.jobs.add(Jobs.ended("copy-back", site.now(), stores().swapped(), Map.of(Outcome.COPIED, 3L), 0));
        site.oldKeysToVault();
        backward(QUIET);
        assertThat(stage()).isEqualTo(Stage.BEFORE);
    }

    @Test
    void thereIsNoWayBackFromFinal() throws Exception {
        site.newKeysToVault();
        forward(TO_NEW);
        everythingCopied();
        forward(QUIET);
        site.wait(Duration.ofSeconds(5));
        forward(QUIET);
        assertThatThrownBy(() -> new Advance(site.ground(p -> {}), new Heard(true), QUIET).backward())
                .hasMessageContaining("no way back from final");
    }

    @Test
    void withoutACommandItSaysWhatToRestartAndGoesOnWhenThatIsDone() throws Exception {
        site.edit("public.yml", "cchq_migrate_restart_command: restart\n", "");
        site.newKeysToVault();
        assertThatThrownBy(() -> forward(TO_NEW))
                .hasMessageContaining("127.0.0.13: 7 (python manage.py)")
                .hasMessageContaining("cchq_migrate_restart_command is not set");
        for (String host : List.of("127.0.0.11", "127.0.0.12", "127.0.0.13", "127.0.0.14")) {
            site.restart(host);
        }
        forward(QUIET);
        assertThat(stage()).isEqualTo(Stage.DUAL);
        assertThat(site.text(MigrationRecord.FILE)).contains("proven: dual");
        assertThat(site.failingRequests()).isEmpty();
    }

    @Test
    void aFileThatChangedSinceItWasReadIsNotWritten() throws Exception {
        site.newKeysToVault();
        PaperSite.PaperGround ground = site.ground(p -> {});
        site.edit("public.yml", "localsettings:", "# another operator\nlocalsettings:");
        assertThatThrownBy(() -> new Advance(ground, new Heard(true), TO_NEW).forward())
                .hasMessageContaining("has changed since it was read");
        assertThat(site.text("public.yml")).contains("# another operator").doesNotContain("MIGRATING");
    }

    @Test
    void standingTellsHostsPortsGatesAndWhatToType() throws Exception {
        site.newKeysToVault();
        forward(TO_NEW);
        Standing standing = Standing.of(site.ground(p -> {}), new Heard(false), checking());
        assertThat(standing.files().stage()).contains(Stage.DUAL);
        assertThat(standing.hosts())
                .hasSize(4)
                .allMatch(host -> host.asFiles() && host.stage().equals("dual"));
        assertThat(standing.next("sandbox")).isEqualTo("cchq-migrate sandbox run blobs back-fill");
        site.started.put("127.0.0.14", site.now().minusSeconds(100_000));
        Standing older = Standing.of(site.ground(p -> {}), new Heard(false), checking());
        assertThat(older.hosts()).filteredOn(host -> host.older() > 0).hasSize(1);
        assertThat(older.next("sandbox")).isEqualTo("cchq-migrate sandbox advance blobs");
    }

    private static MoveOptions checking() {
        return new MoveOptions(
                true,
                true,
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Duration.ZERO,
                false,
                false,
                false);
    }

    private static MoveOptions options(MoveOptions from, List<NewHost> hosts, boolean leave) {
        return new MoveOptions(
                from.check(),
                from.quiet(),
                hosts,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                from.idle(),
                false,
                leave,
                false);
    }

    /** A site that has made all the moves but the last. */
    private void prepared(String name, List<MoveOptions> moves) throws Exception {
        site = PaperSite.before(Files.createDirectories(directory.resolve(name)));
        site.newKeysToVault();
        for (MoveOptions move : moves.subList(0, moves.size() - 1)) {
            forward(move);
            everythingCopied();
            site.wait(Duration.ofSeconds(5));
        }
    }

    private void everythingCopied() throws Exception {
        if (stage() == Stage.DUAL) {
            StorePair stores = stores();
            site.jobs.add(Jobs.ended("back-fill", site.now(), stores, Map.of(Outcome.COPIED, 10L), 0));
            site.jobs.add(Jobs.ended("verify", site.now(), stores, Map.of(Outcome.ALREADY_THERE, 10L), 0));
        }
    }

    private StorePair stores() throws Exception {
        Environment now = site.ground(p -> {}).environment();
        return StorePair.of(DjangoSettings.of(now, now.host("manage0"))).orElseThrow();
    }

    private List<String> shut(MoveOptions options) throws Exception {
        Heard heard = new Heard(false);
        Advance advance = new Advance(site.ground(p -> {}), heard, options(options, options.newHosts(), false));
        return advance.ahead().orElseThrow().gates().stream()
                .filter(gate -> !gate.open())
                .map(Gate::name)
                .toList();
    }

    private Stage stage() throws Exception {
        return FileStage.of(site.ground(p -> {}).environment()).require();
    }

    /** Everything that a kill could leave half done. */
    private String state() throws Exception {
        return site.text("public.yml")
                + site.text("inventory.ini")
                + proven()
                + site.settings
                + site.sites
                + site.inMemory;
    }

    private String proven() throws Exception {
        return site.text(MigrationRecord.FILE)
                .lines()
                .filter(line -> line.startsWith("proven"))
                .findFirst()
                .orElse("");
    }

    private void forward(MoveOptions options) throws Exception {
        move(options, true, this::noRequestFails);
    }

    private void backward(MoveOptions options) throws Exception {
        move(options, false, this::noRequestFails);
    }

    private void move(MoveOptions options, boolean forward, java.util.function.Consumer<String> points)
            throws Exception {
        Heard heard = new Heard(true);
        Advance advance = new Advance(site.ground(points), heard, options);
        assertThat(forward ? advance.forward() : advance.backward())
                .as(heard.text() + "\n" + heard.gates)
                .isEqualTo(Advance.Outcome.DONE);
    }

    private void noRequestFails(String point) {
        try {
            assertThat(site.failingRequests()).as(point).isEmpty();
        } catch (org.cchq.migrate.base.UserException e) {
            throw new AssertionError(e);
        }
    }
}
