package org.cchq.migrate.kind.doctypes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.cchq.migrate.engine.RunControl;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.migration.ProgressSnapshot;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.store.document.DocumentDatabase.Leaves;
import org.cchq.migrate.testing.CouchServer;
import org.cchq.migrate.testing.DoctypeHome;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cleanup deletes in the source, and what it leaves there, on a real server. */
class SourceDeletionIT {
    private static final String A = "1-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private static final String B = "1-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    private static final List<String> TYPES = List.of("Group", "CommCareUser", "MessageLog");

    private static CouchServer server;

    @TempDir
    Path directory;

    private final RunControl control = new RunControl(1);
    private final Told told = new Told();

    /** Everything that was told. */
    private static final class Told implements DoctypeOutput {
        private final List<DocumentFinding> findings = new ArrayList<>();
        private Runnable onProgress = () -> {};

        @Override
        public void finding(DocumentFinding finding) {
            findings.add(finding);
        }

        @Override
        public void progress(ProgressSnapshot snapshot, Lag lag) {
            onProgress.run();
        }
    }

    @BeforeAll
    static void start() throws Exception {
        server = CouchServer.start();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @Test
    void allLiveRevisionsGoAndNothingComesToLifeAgain() throws Exception {
        DoctypeHome home = home("allgo");
        inBoth(home, revision("forked", A, "Group"), revision("forked", B, "Group"));
        inBoth(home, revision("with/slash and space", A, "CommCareUser-Deleted"));
        inSource(home, revision("other", A, "Other"));

        SourceDeletion.Result result = delete(home, CopyPolicy.DEFAULT);

        assertThat(result.deleted()).isEqualTo(2);
        assertThat(result.counts().enumerated()).isEqualTo(2);
        assertThat(result.kept()).isEmpty();
        assertThat(result.failed()).isEmpty();
        assertThat(result.stopped()).isFalse();
        assertThat(DoctypeHome.live(home.source(), TYPES)).isEmpty();
        assertThat(home.source().get("other")).isPresent();
        assertThat(home.source().leaves(List.of("forked")).get(0).leaves())
                .hasSize(2)
                .allSatisfy(leaf -> assertThat(leaf.deleted()).isTrue())
                .allSatisfy(leaf -> assertThat(leaf.fields()).doesNotContainKeys("doc_type", "name"));
        assertThat(home.target().leaves(List.of("forked")).get(0).leaves()).hasSize(2);
        assertThat(Files.readAllLines(directory.resolve("list.ndjson")))
                .hasSize(2)
                .anySatisfy(line -> assertThat(Json.readObject(line, "list"))
                        .containsEntry("id", "forked")
                        .containsEntry("rev", B)
                        .containsEntry("conflicts", List.of(A))
                        .containsEntry("doc_type", "Group"));
    }

    @Test
    void whatTheTargetLacksARevisionOfStays() throws Exception {
        DoctypeHome home = home("lacks");
        inBoth(home, revision("copied", A, "Group"), revision("half", B, "Group"));
        inSource(home, revision("never", A, "Group"), revision("half", A, "Group"));

        SourceDeletion.Result result = delete(home, CopyPolicy.DEFAULT);

        assertThat(result.kept()).containsExactlyInAnyOrder("never", "half");
        assertThat(result.deleted()).isEqualTo(1);
        assertThat(told.findings)
                .extracting(DocumentFinding::id, DocumentFinding::sort)
                .containsExactlyInAnyOrder(
                        tuple("never", DocumentFinding.Sort.MISSING), tuple("half", DocumentFinding.Sort.MISSING));
        assertThat(DoctypeHome.live(home.source(), TYPES)).containsOnlyKeys("never", "half");

        assertThat(delete(home, CopyPolicy.DEFAULT.with(CopyPolicy.Conflicts.WINNER))
                        .kept())
                .as("where only winners were copied, losers are not asked for")
                .containsExactly("never");
    }

    @Test
    void whatTheSiteHasChangedInTheTargetSinceGoes() throws Exception {
        DoctypeHome home = home("ahead");
        inBoth(home, revision("g", A, "Group"));
        Map<String, Object> newer = new HashMap<>(revision("g", A, "Group").fields());
        assertThat(home.target().edit(List.of(new Document(Map.copyOf(newer))))).isEmpty();

        assertThat(delete(home, CopyPolicy.DEFAULT).deleted()).isEqualTo(1);
        assertThat(home.target().get("g").orElseThrow().get("_rev")).asString().startsWith("2-");
    }

    @Test
    void aTypeThatTheViewLeavesOutGoesToo() throws Exception {
        DoctypeHome home = home("hidden");
        for (int i = 0; i < 5; i++) {
            inBoth(home, revision("m" + i, A, "MessageLog"));
            inSource(home, revision("x" + i, A, "Other"));
        }

        assertThat(delete(home, CopyPolicy.DEFAULT).deleted()).isEqualTo(5);
        assertThat(DoctypeHome.live(home.source(), List.of("MessageLog", "Other")))
                .containsOnlyKeys("x0", "x1", "x2", "x3", "x4");
    }

    @Test
    void endedInTheMiddleItGoesOnAndListsEverything() throws Exception {
        DoctypeHome home = home("ended");
        Set<String> ids = new TreeSet<>();
        for (int i = 0; i < 350; i++) {
            inBoth(home, revision("g" + i, A, "Group"));
            ids.add("g" + i);
        }
        told.onProgress = () -> control.cancel("somebody");
        SourceDeletion.Result first = delete(home, CopyPolicy.DEFAULT);
        assertThat(first.stopped()).isTrue();
        assertThat(first.deleted()).isBetween(1L, 349L);
        int left = DoctypeHome.live(home.source(), TYPES).size();

        SourceDeletion.Result second = delete(home, CopyPolicy.DEFAULT, new RunControl(1));

        assertThat(second.deleted()).isEqualTo(left);
        assertThat(DoctypeHome.live(home.source(), TYPES)).isEmpty();
        assertThat(DoctypeHome.live(home.target(), TYPES)).containsOnlyKeys(ids.toArray(String[]::new));
        Set<String> listed = new TreeSet<>();
        for (String line : Files.readAllLines(directory.resolve("list.ndjson"))) {
            listed.add(String.valueOf(Json.readObject(line, "list").get("id")));
        }
        assertThat(listed).isEqualTo(ids);
    }

    @Test
    void onlyTombstonesArePurged() throws Exception {
        DoctypeHome home = home("purged");
        inBoth(home, revision("g", A, "Group"), revision("h", A, "Group"));
        delete(home, CopyPolicy.DEFAULT);
        inSource(home, revision("h", B, "Group"));

        long purged = new Purge(home.source()).run(directory.resolve("list.ndjson"));

        // pouchdb-server cannot; CouchDB can.
        assertThat(purged).isIn(-1L, 1L);
        List<Leaves> leaves = home.source().leaves(List.of("g", "h"));
        assertThat(leaves.get(0).leaves()).hasSize(purged < 0 ? 1 : 0);
        assertThat(leaves.get(1).winner().orElseThrow().rev()).isEqualTo(B);
    }

    private DoctypeHome home(String name) throws Exception {
        DoctypeHome home = DoctypeHome.make(server, name, directory);
        home.target().create();
        return home;
    }

    private SourceDeletion.Result delete(DoctypeHome home, CopyPolicy policy) throws Exception {
        return delete(home, policy, control);
    }

    private SourceDeletion.Result delete(DoctypeHome home, CopyPolicy policy, RunControl by) throws Exception {
        DoctypeEnds ends =
                new DoctypeEnds(new Migrator(DoctypeHome.SLUG, "", "users", TYPES), home.source(), home.target());
        try (RemovalLog log = RemovalLog.open(directory.resolve("list.ndjson"))) {
            return new SourceDeletion(
                            new DoctypeRun(ends, directory, policy, by, told),
                            log,
                            Clock.systemUTC(),
                            0,
                            10,
                            () -> false)
                    .run();
        }
    }

    private static Document revision(String id, String rev, String type) {
        return new Document(Map.of("_id", id, "_rev", rev, "doc_type", type, "name", "n-" + id));
    }

    private static void inSource(DoctypeHome home, Document... documents) throws Exception {
        assertThat(home.source().store(List.of(documents))).isEmpty();
    }

    private static void inBoth(DoctypeHome home, Document... documents) throws Exception {
        inSource(home, documents);
        assertThat(home.target().store(List.of(documents))).isEmpty();
    }
}
