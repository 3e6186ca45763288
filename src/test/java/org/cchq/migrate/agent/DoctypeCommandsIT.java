package org.cchq.migrate.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.testing.CouchServer;
import org.cchq.migrate.testing.DoctypeHome;
import org.cchq.migrate.testing.DoctypeHome.Run;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The doctype commands that copy nothing, against a real server: counts, refusals, conflicts, marks. */
class DoctypeCommandsIT {
    private static CouchServer server;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() throws Exception {
        server = CouchServer.start();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @Test
    void statsAreCountedWithoutMakingTheTarget() throws Exception {
        DoctypeHome home = DoctypeHome.make(server, "stats", directory);
        home.put("g1", "Group");
        home.put("g2", "Group");
        home.put("u1", "CommCareUser-Deleted");
        home.put("x", "Other");

        Run run = home.run("run_doctype_migration", DoctypeHome.SLUG, "--stats");

        assertThat(run.err()).isEmpty();
        assertThat(run.exit()).isZero();
        assertThat(run.lines().subList(2, run.lines().size()))
                .containsExactly(
                        "",
                        "           doc_type           \tSource\tTarget",
                        "CommCareUser                  \t0\t0",
                        "CommCareUser-Deleted          \t1\t0",
                        "Group                         \t2\t0",
                        "Group-Deleted                 \t0\t0");
        assertThat(run.lines().get(0)).startsWith("Source DB: http://").endsWith("/stats");
        assertThat(run.lines().get(1)).endsWith("/stats__users");
        assertThat(home.target().exists()).isFalse();
    }

    @Test
    void aTypeThatTheViewLeavesOutIsCountedAllTheSame() throws Exception {
        DoctypeHome home = DoctypeHome.make(server, "omitted", directory);
        home.put("m1", "MessageLog");
        home.put("m2", "MessageLog");
        home.put("g", "Group");

        Run run = home.run("run_doctype_migration", "logs", "--stats");

        assertThat(run.lines())
                .contains("MessageLog                    \t2\t0", "MessageLog-Deleted            \t0\t0");
        assertThat(run.err()).contains("counted one by one").contains("MessageLog");
    }

    @Test
    void refusalsAreHqs() throws Exception {
        DoctypeHome home = DoctypeHome.make(server, "refusals", directory);

        Run unknown = home.run("run_doctype_migration", "nobody", "--stats");
        assertThat(unknown.exit()).isEqualTo(1);
        assertThat(unknown.err())
                .startsWith("CommandError: You may run either of the following commands\n")
                .endsWith("with with the following slugs:\n\nlogs\nuser_db_migration\n\n");

        assertThat(home.run("run_doctype_migration", DoctypeHome.SLUG).err())
                .isEqualTo(
                        "CommandError: initial, continuous, cleanup, stats, or erase_continuous_progress must be set\n");
        assertThat(home.run("run_doctype_migration", DoctypeHome.SLUG, "--cleanup", "--initial")
                        .err())
                .isEqualTo("CommandError: cleanup must be run alone\n");
        assertThat(home.run("run_doctype_migration", DoctypeHome.SLUG, "--continuous")
                        .err())
                .startsWith("CommandError: You have not yet run an initial migration.\n");
        assertThat(home.run("run_doctype_migration", DoctypeHome.SLUG, "--erase-continuous-progress")
                        .err())
                .startsWith("CommandError: You have not yet run an initial migration.\n");
        Run gate = home.run("assert_initial_complete", DoctypeHome.SLUG);
        assertThat(gate.exit()).isEqualTo(1);
        assertThat(gate.err()).startsWith("MigrationNotComplete: ");
        Run cleanup = home.typing("y\nrefusals\n", "run_doctype_migration", DoctypeHome.SLUG, "--cleanup");
        assertThat(cleanup.exit()).isEqualTo(1);
        assertThat(home.target().exists()).isFalse();
    }

    @Test
    void everyMistakeOfACommandLineIsToldAtOnce() throws Exception {
        DoctypeHome home = DoctypeHome.make(server, "mistakes", directory);

        Run run =
                home.run("run_doctype_migration", DoctypeHome.SLUG, "--initial", "--conflicts=some", "--num-workers=0");

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("--conflicts=some").contains("--num-workers=0");
    }

    @Test
    void marksNeedAFirstCopy() throws Exception {
        DoctypeHome home = DoctypeHome.make(server, "marks", directory);

        assertThat(home.run("doctype_mark", DoctypeHome.SLUG, "flipped").err())
                .contains("the first copy is not complete");
        assertThat(home.run("doctype_mark", DoctypeHome.SLUG, "back").err()).contains("nothing to take back");
        assertThat(home.run("doctype_mark", DoctypeHome.SLUG, "fliped").err()).contains("did you mean 'flipped'?");
        assertThat(home.run("doctype_status", DoctypeHome.SLUG).lines()).contains("stage    before");
        Run status = home.run("doctype_status", DoctypeHome.SLUG, "--output=json");
        Map<String, ?> fields = Json.readObject(status.out(), "status");
        assertThat(fields.get("stage")).isEqualTo("before");
        assertThat(fields.get("lag")).isNull();
        assertThat(fields.get("marks")).isEqualTo(Map.of());
    }

    @Test
    void losingRevisionsAreWrittenToAFileAndDeleted() throws Exception {
        DoctypeHome home = DoctypeHome.make(server, "conflicts", directory);
        fork(home, "a", "Group");
        fork(home, "b/with slash", "Other");
        home.put("c", "Group");

        Run run = home.run("delete_doc_conflicts", "--batch_size=1");

        assertThat(run.err()).isEmpty();
        assertThat(run.exit()).isZero();
        assertThat(run.out()).endsWith("Document conflict deletion complete\n");
        assertThat(home.source().leaves(List.of("a", "b/with slash", "c")))
                .allSatisfy(leaves -> assertThat(leaves.leaves().stream()
                                .filter(leaf -> !leaf.deleted())
                                .toList())
                        .hasSize(1));
        Path list;
        try (var files = Files.list(home.state())) {
            list = files.filter(file -> file.getFileName().toString().startsWith("deleted-conflicts-"))
                    .findFirst()
                    .orElseThrow();
        }
        assertThat(Files.readAllLines(list))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).contains("\"loser\""));
    }

    @Test
    void theViewOfConflictsIsUsedWhereItIsThere() throws Exception {
        DoctypeHome home = DoctypeHome.make(server, "conflictview", directory);
        server.put(
                "conflictview",
                "_design/doc_conflicts",
                Json.write(Map.of(
                        "_id",
                        "_design/doc_conflicts",
                        "views",
                        Map.of(
                                "conflicts",
                                Map.of(
                                        "map",
                                        "function (doc) { if (doc._conflicts) { emit([doc.domain, doc.doc_type],"
                                                + " doc._conflicts.length); } }",
                                        "reduce",
                                        "_sum")))));
        for (int i = 0; i < 7; i++) {
            fork(home, "d" + i, "Group");
        }

        Run run = home.run("delete_doc_conflicts", "--batch_size=3");

        assertThat(run.exit()).isZero();
        assertThat(run.lines()).anyMatch(line -> line.matches("Processing [0-9]+ of [0-9]+ docs"));
        assertThat(run.out()).doesNotContain("every document is looked at");
        for (int i = 0; i < 7; i++) {
            assertThat(home.source().leaves(List.of("d" + i)).get(0).leaves().stream()
                            .filter(leaf -> !leaf.deleted())
                            .toList())
                    .hasSize(1);
        }
    }

    /** Two live revisions of one generation. */
    private static void fork(DoctypeHome home, String id, String type) throws Exception {
        for (String rev : List.of("1-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "1-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb")) {
            Map<String, Object> fields =
                    Map.of("_id", id, "_rev", rev, "doc_type", type, "is", rev.startsWith("1-a") ? "loser" : "winner");
            assertThat(home.source().store(List.of(new Document(Map.copyOf(fields)))))
                    .isEmpty();
        }
    }
}
