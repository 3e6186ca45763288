package org.cchq.migrate.kind.doctypes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.LeaseHeldException;
import org.cchq.migrate.store.document.DocumentDatabase;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.testing.CouchServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DoctypeCopyIT {
    private static CouchServer server;

    @TempDir
    private Path state;

    @BeforeAll
    static void start() throws Exception {
        server = CouchServer.start();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyKindOfDocumentIsCopiedAsTheServersOwnReplicationWould(boolean withView) throws Exception {
        MovingDocuments site = new MovingDocuments(server, state);
        if (withView) {
            site.withView();
        }
        List<String> ids = fill(site);

        DoctypeResult result = site.initial();
        change(site);
        site.topOff();

        assertThat(result.exitCode()).isEqualTo(ExitCode.SUCCESS);
        assertThat(site.told).contains("begins", "complete", "All caught up!");
        assertThat(site.verify().findings()).isEmpty();
        DocumentDatabase replicated = site.replicated();
        for (String id : ids) {
            assertThat(summary(site, site.target, id)).as(id).isEqualTo(summary(site, replicated, id));
        }
        assertThat(site.target.get("other type")).isEmpty();
        assertThat(site.target.get("retyped")).isEmpty();
        assertThat(site.target.get("a/b c+d")).isPresent();
        assertThat(site.target.get("left out by the view")).isPresent();
    }

    @Test
    void aRunThatIsKilledAnywhereIsFinishedByTheSameCommand() throws Exception {
        Random random = new Random(4);
        for (int round = 0; round < 6; round++) {
            MovingDocuments site = new MovingDocuments(server, state.resolve("round-" + round));
            site.withView();
            List<String> ids = fill(site);
            AtomicInteger callsLeft = new AtomicInteger(1 + random.nextInt(60));
            DoctypeRun killed =
                    site.run(KilledDatabase.of(site.source, callsLeft), KilledDatabase.of(site.target, callsLeft));
            try {
                new InitialRun(killed).run();
                change(site);
                new ContinuousRun(killed, Direction.FORWARD).runOnce();
            } catch (RuntimeException e) {
                assertThat(e instanceof KilledDatabase.Killed || e.getCause() instanceof KilledDatabase.Killed)
                        .as("only the kill ends it: " + e)
                        .isTrue();
            }
            if (site.source.get("retyped").orElseThrow().get("doc_type").equals("Group")) {
                change(site);
            }

            if (DoctypeState.read(site.run().ends(), site.state).forward().isEmpty()) {
                site.initial();
            }
            site.topOff();

            assertThat(site.verify().findings()).as("round " + round).isEmpty();
            DocumentDatabase replicated = site.replicated();
            for (String id : ids) {
                assertThat(summary(site, site.target, id))
                        .as(id + " in round " + round)
                        .isEqualTo(summary(site, replicated, id));
            }
        }
    }

    @Test
    void aTargetThatHqFilledIsMended() throws Exception {
        MovingDocuments site = new MovingDocuments(server, state);
        site.withView();
        site.target.create();
        for (String id : List.of("at rest", "goes on", "deleted")) {
            site.put(id, Map.of("doc_type", "Group", "n", 1));
            site.put(id, Map.of("doc_type", "Group", "n", 2));
            site.storeBare(site.target, id);
            site.put(id, Map.of("doc_type", "Group", "n", 3));
            site.storeBare(site.target, id);
            assertThat(site.liveLeaves(site.target, id)).hasSize(2);
        }
        site.put("goes on", Map.of("doc_type", "Group", "n", 4));
        site.delete("deleted");
        site.put("gone before", Map.of("doc_type", "Group"));
        site.storeBare(site.target, "gone before");
        site.delete("gone before");

        DoctypeResult result = site.initial();
        site.topOff();

        assertThat(result.failed()).isZero();
        assertThat(site.liveLeaves(site.target, "at rest")).isEqualTo(site.liveLeaves(site.source, "at rest"));
        assertThat(site.liveLeaves(site.target, "goes on")).isEqualTo(site.liveLeaves(site.source, "goes on"));
        assertThat(site.liveLeaves(site.target, "deleted")).isEmpty();
        assertThat(site.liveLeaves(site.target, "gone before")).isEmpty();
        site.delete("at rest");
        site.delete("goes on");
        site.topOff();
        assertThat(site.liveLeaves(site.target, "at rest")).isEmpty();
        assertThat(site.liveLeaves(site.target, "goes on")).isEmpty();
        assertThat(site.findings).isEmpty();
    }

    @Test
    void aDocumentThatTheServerRefusesIsRecordedAndTriedAgain() throws Exception {
        MovingDocuments site = new MovingDocuments(server, state);
        site.withView();
        site.target.create();
        String rev = server.put(
                site.name + "__users",
                "_design/guard",
                "{\"validate_doc_update\": \"function (doc) { if (doc.name === 'bad') { throw({forbidden: 'no'}); } }\"}");
        site.put("good", Map.of("doc_type", "Group", "name", "good"));
        site.put("bad", Map.of("doc_type", "Group", "name", "bad"));

        DoctypeResult first = site.initial();

        assertThat(first.failed()).isEqualTo(1);
        assertThat(first.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
        assertThat(site.target.get("good")).isPresent();
        assertThat(state.resolve("doctype-moving-failed.ndjson")).content().contains("\"bad\"", "forbidden");
        assertThat(DoctypeState.read(site.run().ends(), state).stage()).isEqualTo(DoctypeStage.INITIAL);

        server.delete(site.name + "__users", "_design/guard", rev);
        assertThat(site.topOff().failed()).isZero();
        assertThat(site.target.get("bad")).isPresent();
        assertThat(DoctypeState.read(site.run().ends(), state).stage()).isEqualTo(DoctypeStage.CONTINUOUS);
    }

    @Test
    void aTargetThatWasMadeAnewIsFilledAgain() throws Exception {
        MovingDocuments site = new MovingDocuments(server, state);
        site.withView();
        site.put("one", Map.of("doc_type", "Group"));
        site.initial();
        site.topOff();
        site.target.drop();
        site.target.create();

        site.topOff();

        assertThat(site.target.get("one")).isPresent();
        assertThat(site.told).anyMatch(line -> line.contains("not trusted"));
        assertThat(site.verify().clean()).isTrue();
    }

    @Test
    void aSourceThatWasMadeAnewIsComparedFromItsBeginning() throws Exception {
        MovingDocuments site = new MovingDocuments(server, state);
        site.put("one", Map.of("doc_type", "Group"));
        site.initial();
        site.topOff();
        site.source.drop();
        site.source.create();
        for (int index = 0; index < 20; index++) {
            site.put("later " + index, Map.of("doc_type", "Group"));
        }

        site.topOff();

        assertThat(site.told).anyMatch(line -> line.contains("not trusted"));
        for (int index = 0; index < 20; index++) {
            assertThat(site.target.get("later " + index)).isPresent();
        }
    }

    @Test
    void aSecondRunnerIsRefusedAndNamesTheFirst() throws Exception {
        MovingDocuments site = new MovingDocuments(server, state);
        site.target.create();
        try (DoctypeLease lease = DoctypeLease.take(site.run().ends(), Direction.FORWARD)) {
            assertThat(lease.lost()).isFalse();
            assertThatThrownBy(site::initial)
                    .isInstanceOf(LeaseHeldException.class)
                    .hasMessageContaining("process " + ProcessHandle.current().pid());
        }
        assertThat(site.initial().exitCode()).isEqualTo(ExitCode.SUCCESS);
    }

    @Test
    void nothingIsCarriedAfterTheCleanupHasBegun() throws Exception {
        MovingDocuments site = new MovingDocuments(server, state);
        site.initial();
        new DoctypeMarks(site.run().ends(), state).set(Mark.CLEANUP_STARTED);

        assertThatThrownBy(site::topOff).isInstanceOf(UserException.class).hasMessageContaining("has begun");
        assertThatThrownBy(site::initial).isInstanceOf(UserException.class);
    }

    @Test
    void whatTheSiteWritesInTheTargetComesBackAndIsNotOverwritten() throws Exception {
        MovingDocuments site = new MovingDocuments(server, state);
        site.withView();
        site.put("moved", Map.of("doc_type", "Group", "n", 1));
        site.put("forked", Map.of("doc_type", "Group", "n", 1));
        site.initial();
        site.topOff();
        DoctypeMarks marks = new DoctypeMarks(site.run().ends(), state);
        marks.set(Mark.FLIP_READY);
        marks.set(Mark.FLIPPED);
        for (String id : List.of("moved", "forked")) {
            Map<String, Object> edited = new LinkedHashMap<>(site.target.get(id).orElseThrow());
            edited.put("n", 2);
            site.target.edit(List.of(new Document(edited)));
        }
        site.put("forked", Map.of("doc_type", "Group", "n", 3));

        site.topOff();
        DoctypeResult back = new ContinuousRun(site.run(), Direction.REVERSE).runOnce();

        assertThat(back.failed()).isZero();
        assertThat(site.source.get("moved").orElseThrow()).containsEntry("n", 2);
        assertThat(site.findings)
                .anyMatch(finding -> finding.id().equals("forked") && finding.sort() == DocumentFinding.Sort.DIVERGED);
        assertThat(site.liveLeaves(site.target, "forked")).hasSize(2);
    }

    @Test
    void aVerificationFindsEachSortOfDifference() throws Exception {
        MovingDocuments site = new MovingDocuments(server, state);
        site.withView();
        for (String id : List.of("same", "missing", "stale", "revived")) {
            site.put(id, Map.of("doc_type", "Group", "n", 1));
        }
        site.initial();
        site.put("missing later", Map.of("doc_type", "Group"));
        site.put("stale", Map.of("doc_type", "Group", "n", 2));
        site.delete("revived");
        site.target.edit(List.of(new Document(Map.of("_id", "extra", "doc_type", "Group"))));

        DoctypeVerification.Result result = site.verify();

        assertThat(result.findings())
                .containsOnlyKeys(
                        DocumentFinding.Sort.MISSING,
                        DocumentFinding.Sort.STALE,
                        DocumentFinding.Sort.REVIVED,
                        DocumentFinding.Sort.EXTRA);
        assertThat(result.exitCode()).isEqualTo(ExitCode.DIFFERENCES);
    }

    private static List<String> fill(MovingDocuments site) throws Exception {
        List<String> ids = new ArrayList<>();
        List<Document> plain = new ArrayList<>();
        for (int index = 0; index < 60; index++) {
            String id = "doc-" + index;
            String type = index % 2 == 0 ? "Group" : "CommCareUser-Deleted";
            plain.add(new Document(Map.of("_id", id, "doc_type", type, "n", index)));
            ids.add(id);
        }
        assertThat(site.source.edit(plain)).isEmpty();
        for (String id : List.of("a/b c+d", "\u00e9\u20ac", "updated", "conflict", "later deleted", "retyped")) {
            site.put(id, Map.of("doc_type", "Group", "text", "x".repeat(100)));
            ids.add(id);
        }
        site.put("updated", Map.of("doc_type", "Group", "n", 2));
        site.put("updated", Map.of("doc_type", "Group", "n", 3));
        site.put("left out by the view", Map.of("doc_type", "MessageLog"));
        ids.add("left out by the view");
        site.put("other type", Map.of("doc_type", "Domain"));
        site.source.store(List.of(new Document(Map.of(
                "_id", "conflict", "_rev", "1-ffffffffffffffffffffffffffffffff", "doc_type", "Group", "side", "b"))));
        site.put("small attachment", attached("hi".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        ids.add("small attachment");
        byte[] large = new byte[1_500_000];
        new Random(1).nextBytes(large);
        site.put("large attachment", attached(large));
        ids.add("large attachment");
        site.put("deleted", Map.of("doc_type", "Group"));
        site.delete("deleted");
        ids.remove("retyped");
        return ids;
    }

    private static void change(MovingDocuments site) throws Exception {
        site.put("retyped", Map.of("doc_type", "Domain"));
        site.put("updated", Map.of("doc_type", "Group", "n", 4));
        site.delete("later deleted");
        site.delete("doc-2");
        site.put("doc-2", Map.of("doc_type", "Group", "n", "again"));
    }

    private static Map<String, Object> attached(byte[] bytes) {
        return Map.of(
                "doc_type",
                "Group",
                "_attachments",
                Map.of(
                        "f.txt",
                        Map.of(
                                "content_type",
                                "text/plain",
                                "data",
                                Base64.getEncoder().encodeToString(bytes))));
    }

    /** Everything that can be seen of a document: leaves with history, and the winner's content. */
    private static String summary(MovingDocuments site, DocumentDatabase database, String id) throws Exception {
        List<String> live = site.liveLeaves(database, id);
        if (live.isEmpty()) {
            // A document that was deleted before it was copied leaves no tombstone.
            return "not there";
        }
        List<String> leaves = site.leaves(database, id).leaves().stream()
                .map(leaf -> leaf.deleted() + " " + Revisions.path(leaf))
                .toList();
        Document whole = database.whole(id, live.get(0)).orElseThrow();
        return leaves + " " + new TreeMap<>(whole.fields());
    }
}
