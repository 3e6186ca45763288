package org.cchq.migrate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.cli.DoctypeAhead.Act;
import org.cchq.migrate.console.Console;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.run.Job;
import org.cchq.migrate.run.JobStatus;
import org.cchq.migrate.stage.Gate;
import org.cchq.migrate.vault.SecretPrompt;
import org.cchq.migrate.vault.VaultPassword;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the next advance of a migration of document types wants, for every stage. */
class DoctypeAheadTest {
    private static final Instant NOW = Instant.now();
    private static final VaultPassword NO_PASSWORD = new VaultPassword(Map.of(), SecretPrompt.NONE);

    private final Map<String, Object> status = new LinkedHashMap<>();
    private final List<JobsOfHosts.Found> jobs = new ArrayList<>();
    private DoctypeSite doctypes;

    @BeforeEach
    void site() throws Exception {
        Environment environment = Environment.load(Path.of("environments"), "sandbox", NO_PASSWORD);
        Console console = new Console(
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                Optional.empty(),
                Console.Look.LOG,
                Clock.systemUTC());
        Workplace workplace = new Workplace(Map.of(), Path.of(""), InputStream.nullInputStream());
        Site site = new Site(environment, console, workplace, NO_PASSWORD, new KeyPassphrases(SecretPrompt.NONE));
        doctypes = DoctypeSite.of(site, "users");
        status.put("stage", "before");
        status.put("source", "http://127.0.0.1:5984/commcarehq");
        status.put("target", "http://127.0.0.1:5984/commcarehq__users");
        status.put("marks", Map.of());
    }

    @Test
    void beginsWithTheFirstCopy() throws Exception {
        assertThat(ahead().act()).isEqualTo(Act.START_INITIAL);
        assertThat(ahead().open()).isTrue();
    }

    @Test
    void waitsForAFirstCopyThatIsGoingOn() throws Exception {
        status.put("stage", "initial");
        status.put("runner", "ann on manage0");

        assertThat(ahead().act()).isEqualTo(Act.NOTHING);
        assertThat(shut())
                .singleElement()
                .asString()
                .contains("another may be at it: ann on manage0", "a minute later");

        jobs.add(new JobsOfHosts.Found(
                doctypes.host(),
                new JobStatus(
                        job("initial"),
                        JobStatus.State.RUNNING,
                        OptionalInt.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        "")));
        assertThat(shut()).containsExactly("first copy: is going on: ann on manage0");
    }

    @Test
    void takesUpAFirstCopyThatWasKilled() throws Exception {
        status.put("stage", "initial");

        assertThat(ahead().act()).isEqualTo(Act.START_INITIAL);
        assertThat(ahead().steps()).contains("go on with the first copy where it was left");
    }

    @Test
    void startsToCarryChanges() throws Exception {
        status.put("stage", "continuous");

        assertThat(ahead().act()).isEqualTo(Act.START_CONTINUOUS);
        assertThat(ahead().open()).isTrue();
    }

    @Test
    void isNotReadyForTheFlipWithoutComparisonAndIndexes() throws Exception {
        carrying();
        status.put("lag", Map.of("changes", 4711, "seconds", 40));
        status.put("failed", 2);
        status.put("doubt", "the source was replaced");

        assertThat(ahead().act()).isEqualTo(Act.MARK_FLIP_READY);
        assertThat(shut())
                .containsExactly(
                        "same databases: the source was replaced",
                        "every document settled: 2 could not be copied and are tried again by each run",
                        "changes carried: 4711 changes, 40 s behind, 1000 may be; ann on manage0",
                        "databases compared: not yet",
                        "indexes of the target: not built yet");
    }

    @Test
    void isReadyForTheFlip() throws Exception {
        carrying();
        job("preindex", NOW.minus(Duration.ofMinutes(3)), 0);
        job("verify", NOW.minus(Duration.ofMinutes(2)), 0);

        assertThat(ahead().gates()).allMatch(Gate::open);
    }

    @Test
    void doesNotTrustAComparisonThatIsOldEarlierOrNotClean() throws Exception {
        carrying();
        job("preindex", NOW.minus(Duration.ofMinutes(3)), 0);
        job("verify", NOW.minus(Duration.ofMinutes(2)), 5);
        assertThat(shut()).singleElement().asString().startsWith("databases compared: there are differences");

        jobs.clear();
        job("preindex", NOW.minus(Duration.ofHours(30)), 0);
        job("verify", NOW.minus(Duration.ofDays(4)), 0);
        assertThat(shut())
                .hasSize(2)
                .anyMatch(
                        line -> line.startsWith("databases compared: ") && line.contains("was before initial complete"))
                .anyMatch(line -> line.startsWith("indexes") && line.endsWith("is more than 24 hours old"));
    }

    @Test
    void anUnknownLagIsNoSmallLag() throws Exception {
        carrying();
        Map<String, Object> lag = new LinkedHashMap<>();
        lag.put("changes", null);
        status.put("lag", lag);

        assertThat(shut()).anyMatch(line -> line.startsWith("changes carried: an unknown number of changes behind"));
    }

    @Test
    void isNotFlippedWhileNobodyCarriesChanges() throws Exception {
        carrying();
        status.put("stage", "flip-ready");
        assertThat(ahead().act()).isEqualTo(Act.MARK_FLIPPED);
        assertThat(ahead().open()).isTrue();

        status.put("runner", "");
        assertThat(shut()).containsExactly("changes carried: nobody does");
    }

    @Test
    void cleansUpOnlyWhenNothingIsCarriedAndAllWasComparedSinceTheFlip() throws Exception {
        carrying();
        status.put("stage", "flipped");
        status.put("reverse_runner", "bob on manage0");
        status.put("marks", Map.of("flipped", NOW.minus(Duration.ofHours(1)).toString()));
        job("verify", NOW.minus(Duration.ofHours(2)), 0);
        assertThat(shut())
                .hasSize(3)
                .contains("nothing is carried to the target: it is: ann on manage0")
                .contains("nothing is carried back: it is: bob on manage0");

        status.put("runner", "");
        status.put("reverse_runner", "");
        jobs.clear();
        job("verify", NOW.minus(Duration.ofMinutes(2)), 0);
        assertThat(ahead().act()).isEqualTo(Act.CLEAN);
        assertThat(ahead().open()).isTrue();
    }

    @Test
    void hasNothingToDoAtTheEnd() throws Exception {
        status.put("stage", "cleaned");

        assertThat(ahead().act()).isEqualTo(Act.NOTHING);
    }

    @Test
    void refusesAStageThatItDoesNotKnow() {
        status.put("stage", "elsewhere");

        assertThatThrownBy(this::ahead).isInstanceOf(UserException.class).hasMessageContaining("elsewhere");
    }

    @Test
    void managementCommandsAreRecognised() {
        Phase continuous = Phase.ofManagementCommand(
                        List.of("run_doctype_migration", "users", "--erase-continuous-progress", "--continuous"))
                .orElseThrow();
        assertThat(continuous.migration()).isEqualTo("doctype:users");
        assertThat(continuous.word()).isEqualTo("continuous");
        assertThat(Phase.ofManagementCommand(List.of("run_doctype_migration", "users", "--continuous", "--reverse"))
                        .orElseThrow()
                        .word())
                .isEqualTo("reverse");
        assertThat(Phase.ofManagementCommand(
                                List.of("run_doctype_migration", "--state-dir", "/data", "--initial", "users"))
                        .map(Phase::migration))
                .contains("doctype:users");
        assertThat(Phase.ofManagementCommand(List.of("run_doctype_migration"))
                        .orElseThrow()
                        .migration())
                .isEqualTo("doctypes");
        assertThat(Phase.ofManagementCommand(List.of("delete_doc_conflicts"))).isPresent();
        assertThat(Phase.ofManagementCommand(List.of("run_doctype_migrations"))).isEmpty();
        assertThat(Phase.ofManagementCommand(List.of("run_blob_migration", "migrate_backend", "--reset"))
                        .orElseThrow()
                        .migration())
                .isEqualTo("blobs");
    }

    @Test
    void onlyOneJobCarriesInOneDirection() {
        Phase continuous = DoctypePhase.CONTINUOUS.of("users", List.of());
        assertThat(continuous.waitsFor(job("initial"))).isTrue();
        assertThat(continuous.waitsFor(job("continuous"))).isTrue();
        assertThat(continuous.waitsFor(job("reverse"))).isFalse();
        assertThat(continuous.waitsFor(job("verify"))).isFalse();
        assertThat(DoctypePhase.CLEANUP.of("users", List.of()).waitsFor(job("reverse")))
                .isTrue();
        assertThat(DoctypePhase.VERIFY.of("users", List.of()).waitsFor(job("verify")))
                .isTrue();
    }

    private static Job job(String phase) {
        return job(phase, NOW);
    }

    private static Job job(String phase, Instant at) {
        return new Job(Job.id(at, phase), "doctype:users", phase, List.of(), "ann", "control", "1", "");
    }

    private void carrying() {
        status.put("stage", "continuous");
        status.put("runner", "ann on manage0");
        status.put("lag", Map.of("changes", 12, "seconds", 1));
        status.put(
                "marks",
                Map.of("initial_complete", NOW.minus(Duration.ofDays(3)).toString()));
    }

    private void job(String phase, Instant at, int exit) {
        jobs.add(new JobsOfHosts.Found(
                doctypes.host(),
                new JobStatus(
                        job(phase, at),
                        JobStatus.State.ENDED,
                        OptionalInt.of(exit),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        "")));
    }

    private DoctypeAhead ahead() throws UserException {
        return DoctypeAhead.of(doctypes, DoctypeStanding.parse(Json.write(status)), jobs, DoctypeMove.DEFAULT_LAG);
    }

    private List<String> shut() throws UserException {
        return ahead().gates().stream()
                .filter(gate -> !gate.open())
                .map(gate -> gate.name() + ": " + gate.evidence())
                .toList();
    }
}
