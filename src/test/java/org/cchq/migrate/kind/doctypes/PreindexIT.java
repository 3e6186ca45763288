package org.cchq.migrate.kind.doctypes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.kind.doctypes.Preindex.Different;
import org.cchq.migrate.kind.doctypes.PreindexedDesign.State;
import org.cchq.migrate.store.document.CouchDatabase;
import org.cchq.migrate.store.document.CouchSpec;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.testing.CouchServer;
import org.cchq.migrate.testing.Fault;
import org.cchq.migrate.testing.FaultRelay;
import org.cchq.migrate.testing.FaultScript;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Design documents and their indexes in the target, on a real server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PreindexIT {
    private static final String NAME = "preindex_it";
    private static final List<String> WANTED = List.of("all_docs", "by_domain", "groups", "guard");

    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
    private CouchServer server;
    private FaultRelay relay;
    private DoctypeEnds ends;

    @BeforeAll
    void start() throws Exception {
        server = CouchServer.start();
        relay = FaultRelay.start(server.port());
    }

    @AfterAll
    void stop() throws Exception {
        if (server != null) {
            relay.close();
            server.close();
        }
    }

    @BeforeEach
    void fill() throws Exception {
        lines.clear();
        relay.play(FaultScript.HEALTHY);
        CouchDatabase source = new CouchDatabase(server.spec(NAME));
        CouchSpec direct = server.spec(NAME + "__users");
        CouchSpec relayed =
                new CouchSpec(false, "127.0.0.1:" + relay.port(), direct.user(), direct.password(), direct.database());
        ends = new DoctypeEnds(DesignSite.MIGRATOR, source, new CouchDatabase(relayed));
        DesignSite.fill(source);
        ends.target().create();
        copy("a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9", "a10", "a11", "withpicture");
    }

    @AfterEach
    void drop() throws Exception {
        relay.play(FaultScript.HEALTHY);
        ends.source().drop();
        ends.target().drop();
    }

    @Test
    void bringsDesignDocumentsAndTheirIndexesAndLeavesNothingElse() throws Exception {
        PreindexReport report = preindex().run(WANTED, Different.LEAVE);

        assertThat(report.exitCode()).as(lines.toString()).isEqualTo(ExitCode.SUCCESS);
        assertThat(report.designs()).extracting(PreindexedDesign::state).containsOnly(State.PUT);
        assertThat(designs()).containsExactly("all_docs", "by_domain", "groups", "guard");
        assertThat(ends.target()
                        .view("groups", "by_name", Map.of("reduce", false))
                        .orElseThrow()
                        .rows())
                .hasSize(12);
        assertThat(comparison(report, "groups").toFields())
                .isEqualTo(Map.of("view", "by_name", "source", 12L, "target", 12L, "agrees", true));
        assertThat(comparison(report, "by_domain").source().orElseThrow()).isEqualTo(12);
        assertThat(comparison(report, "all_docs").source().orElseThrow()).isEqualTo(13);
    }

    @Test
    void onceMoreChangesNothing() throws Exception {
        preindex().run(WANTED, Different.LEAVE);
        String before = ends.target().info().updateSequence().text();

        PreindexReport report = preindex().run(WANTED, Different.LEAVE);

        assertThat(report.ready()).isTrue();
        assertThat(report.designs()).extracting(PreindexedDesign::state).containsOnly(State.THERE);
        assertThat(ends.target().info().updateSequence().text()).isEqualTo(before);
        assertThat(preindex().check(WANTED).ready()).isTrue();
    }

    @Test
    void waitsWhileTheProxySaysThatTheIndexIsNotReady() throws Exception {
        relay.play(FaultScript.first(
                5, request -> request.target().contains("groups-tmp/_view"), new Fault.Answer(504, "GatewayTimeout")));

        PreindexReport report = preindex().run(WANTED, Different.LEAVE);

        assertThat(report.ready()).isTrue();
        assertThat(lines)
                .filteredOn(line -> line.startsWith("groups-tmp: is being built, for "))
                .hasSize(5);
    }

    @Test
    void anAnswerThatIsLostAfterTheWorkIsNoRefusal() throws Exception {
        relay.play(FaultScript.first(
                6,
                request -> request.target().endsWith("_bulk_docs")
                        || request.method().equals("COPY"),
                Fault.INTERNAL_ERROR_AFTER_THE_WORK));

        PreindexReport report = preindex().run(WANTED, Different.LEAVE);

        assertThat(report.ready()).as(lines.toString()).isTrue();
        assertThat(designs()).containsExactly("all_docs", "by_domain", "groups", "guard");
    }

    @Test
    void whatWasKilledInBetweenGoesOn() throws Exception {
        relay.play(request -> request.method().equals("COPY") ? new Fault.Answer(400, "Killed") : Fault.NONE);
        assertThatThrownBy(() -> preindex().run(WANTED, Different.LEAVE)).isInstanceOf(EndpointException.class);
        relay.play(FaultScript.HEALTHY);
        assertThat(designs()).contains("groups-tmp").doesNotContain("groups");
        assertThat(preindex().check(WANTED).exitCode()).isEqualTo(ExitCode.INCOMPLETE);
        ConcurrentLinkedQueue<String> written = new ConcurrentLinkedQueue<>();
        relay.play(request -> {
            written.add(request.method() + " " + request.target());
            return Fault.NONE;
        });

        PreindexReport report = preindex().run(List.of("groups"), Different.LEAVE);

        assertThat(report.ready()).isTrue();
        assertThat(designs()).contains("groups").doesNotContain("groups-tmp");
        assertThat(written)
                .filteredOn(request -> request.contains("_bulk_docs"))
                .as("the removal only")
                .hasSize(1);
    }

    @Test
    void anotherTextInTheTargetIsLeftAloneUnlessToldOtherwise() throws Exception {
        Document other = DesignSite.design("groups", Map.of("by_name", DesignSite.view("function(doc) { emit(1) }")));
        ends.target().edit(List.of(other));

        PreindexReport left = preindex().run(WANTED, Different.LEAVE);
        assertThat(left.exitCode()).isEqualTo(ExitCode.DIFFERENCES);
        assertThat(lines).contains("groups: another one is there, left alone");

        PreindexReport replaced = preindex().run(WANTED, Different.REPLACE);
        assertThat(replaced.exitCode()).isEqualTo(ExitCode.SUCCESS);
        assertThat(comparison(replaced, "groups").target()).isEqualTo(12);
    }

    @Test
    void rowsThatAreMissingInTheTargetAreTold() throws Exception {
        Document there = ends.target().leaves(List.of("a3")).get(0).winner().orElseThrow();
        ends.target().edit(List.of(DesignSite.document("a3", Map.of("_rev", there.rev(), "_deleted", true))));

        PreindexReport report = preindex().run(WANTED, Different.LEAVE);

        assertThat(report.exitCode()).isEqualTo(ExitCode.DIFFERENCES);
        assertThat(lines).contains("groups: put there, built; by_name has 11 rows, in the source 12");
        assertThat(comparison(report, "by_domain").agrees())
                .as("only what the target has is compared")
                .isTrue();
    }

    @Test
    void anIndexOfFindIsPutThereWithoutBeingAskedForRows() throws Exception {
        ends.source()
                .edit(List.of(DesignSite.document(
                        "_design/byname",
                        Map.of(
                                "language",
                                "query",
                                "views",
                                Map.of(
                                        "names",
                                        Map.of(
                                                "map",
                                                Map.of("fields", Map.of("name", "asc")),
                                                "reduce",
                                                "_count",
                                                "options",
                                                Map.of("def", Map.of("fields", List.of("name")))))))));

        assertThat(preindex().run(List.of("byname"), Different.LEAVE).ready()).isTrue();
        assertThat(designs()).containsExactly("byname");
    }

    @Test
    void namesThatTheSourceDoesNotHaveAreToldAtOnceBeforeAnythingIsWritten() throws Exception {
        assertThatThrownBy(() -> preindex().run(List.of("groups", "nonesuch", "typo"), Different.LEAVE))
                .isInstanceOf(UserException.class)
                .hasMessageContainingAll("'nonesuch'", "'typo'", "all_docs, by_domain");
        assertThat(designs()).isEmpty();
    }

    private Preindex preindex() {
        return new Preindex(ends, DesignSite.REQUESTS, Preindex.DEFAULT_COUNT_LIMIT, lines::add);
    }

    private void copy(String... ids) throws Exception {
        for (String id : ids) {
            Document winner = ends.source().leaves(List.of(id)).get(0).winner().orElseThrow();
            assertThat(ends.target()
                            .store(List.of(ends.source().whole(id, winner.rev()).orElseThrow())))
                    .isEmpty();
        }
    }

    private List<String> designs() throws Exception {
        return ends.target().designs().stream()
                .map(DesignFunction::nameOf)
                .sorted()
                .toList();
    }

    private static RowComparison comparison(PreindexReport report, String design) {
        return report.designs().stream()
                .filter(finding -> finding.design().equals(design))
                .findFirst()
                .orElseThrow()
                .comparisons()
                .get(0);
    }
}
