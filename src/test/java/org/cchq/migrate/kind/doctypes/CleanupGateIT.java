package org.cchq.migrate.kind.doctypes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.store.document.DocumentDatabase.Sequence;
import org.cchq.migrate.testing.CouchServer;
import org.cchq.migrate.testing.DoctypeHome;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a cleanup may begin. */
class CleanupGateIT {
    private static final Instant FLIPPED = Instant.parse("2026-03-01T00:00:00Z");
    private static final Instant VERIFIED = FLIPPED.plus(Duration.ofHours(1));
    private static final Instant NOW = FLIPPED.plus(Duration.ofHours(2));

    private static CouchServer server;
    private static DoctypeHome home;

    @TempDir
    Path directory;

    @TempDir
    static Path homeDirectory;

    private DoctypeEnds ends;

    @BeforeAll
    static void start() throws Exception {
        server = CouchServer.start();
        home = DoctypeHome.make(server, "gate", homeDirectory);
        home.target().create();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @BeforeEach
    void open() {
        ends = new DoctypeEnds(new Migrator("users", "", "users", List.of("Group")), home.source(), home.target());
    }

    @Test
    void opensAfterAFlipAndAComparisonSince() throws Exception {
        verified(VERIFIED, Map.of(DocumentFinding.Sort.EXTRA, 3L, DocumentFinding.Sort.DIVERGED, 1L), 0);

        assertThatCode(() -> require(state(Mark.FLIPPED))).doesNotThrowAnyException();
    }

    @Test
    void everythingThatIsWrongIsToldAtOnce() {
        DoctypeState state = state(Map.of(), Optional.of("somebody on app1"), Optional.of("somebody on app2"));

        assertThatThrownBy(() -> require(state))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("not known to use the target")
                .hasMessageContaining("changes are carried to the target, by somebody on app1")
                .hasMessageContaining("changes are carried back, by somebody on app2");
    }

    @Test
    void aComparisonThatSaysNothingIsRefused() throws Exception {
        assertThatThrownBy(() -> require(state(Mark.FLIPPED))).hasMessageContaining("were not compared yet");

        verified(FLIPPED.minusSeconds(1), Map.of(), 0);
        assertThatThrownBy(() -> require(state(Mark.FLIPPED))).hasMessageContaining("before the flip");

        verified(VERIFIED, Map.of(DocumentFinding.Sort.STALE, 2L), 2);
        assertThatThrownBy(() -> require(state(Mark.FLIPPED)))
                .hasMessageContaining("found 2 documents that the target lacks something of: {stale=2}");

        verified(VERIFIED, Map.of(), 0);
        assertThatThrownBy(() ->
                        new CleanupGate(ends, directory).require(state(Mark.FLIPPED), NOW.plus(Duration.ofDays(2))))
                .hasMessageContaining("older than 24 hours");

        DoctypeEnds others = new DoctypeEnds(ends.migrator(), home.target(), home.source());
        assertThatThrownBy(() -> new CleanupGate(others, directory).require(state(Mark.FLIPPED), NOW))
                .hasMessageContaining("of other databases");
    }

    @Test
    void aCleanupThatWasBegunNeedsNoComparison() {
        assertThatCode(() -> require(state(Mark.FLIPPED, Mark.CLEANUP_STARTED))).doesNotThrowAnyException();
    }

    @Test
    void aMissingTargetIsRefused() throws Exception {
        DoctypeHome other = DoctypeHome.make(server, "gatewithout", directory);
        DoctypeEnds without = new DoctypeEnds(ends.migrator(), other.source(), other.target());

        assertThatThrownBy(() -> new CleanupGate(without, directory).require(state(Mark.FLIPPED), NOW))
                .hasMessageContaining("gatewithout__users does not exist");
        assertThat(other.target().exists()).isFalse();
    }

    private void require(DoctypeState state) throws Exception {
        new CleanupGate(ends, directory).require(state, NOW);
    }

    private void verified(Instant at, Map<DocumentFinding.Sort, Long> findings, long lacking) throws Exception {
        VerificationRecord.keep(
                directory,
                at,
                new DoctypeVerification.Result(10, findings, new Sequence("7"), Optional.empty()),
                lacking,
                ends);
    }

    private static DoctypeState state(Mark... marks) {
        Map<Mark, Instant> at = new EnumMap<>(Mark.class);
        for (Mark mark : marks) {
            at.put(mark, FLIPPED);
        }
        return state(at, Optional.empty(), Optional.empty());
    }

    private static DoctypeState state(Map<Mark, Instant> marks, Optional<String> runner, Optional<String> reverse) {
        return new DoctypeState(
                "users",
                Optional.of(new Sequence("1")),
                Optional.empty(),
                Optional.empty(),
                marks,
                Optional.empty(),
                runner,
                reverse,
                0);
    }
}
