package org.cchq.migrate.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.testing.CouchServer;
import org.cchq.migrate.testing.DoctypeHome;
import org.cchq.migrate.testing.DoctypeHome.Run;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.HqSchema;
import org.cchq.migrate.testing.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the first copy to a clean source, with HQ's commands, on real servers. */
class DoctypeCleanupIT {
    private static final List<String> TYPES = List.of("Group", "CommCareUser", "Group-Deleted", "CommCareUser-Deleted");
    private static final String RUN = "run_doctype_migration";
    private static final String SLUG = DoctypeHome.SLUG;

    private static CouchServer server;
    private static PostgresServer postgres;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() throws Exception {
        server = CouchServer.start();
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
        server.close();
    }

    @Test
    void theWholeProcedure() throws Exception {
        DoctypeHome home = DoctypeHome.make(server, "procedure", directory);
        postgres.createDatabase("procedure");
        postgres.execute("procedure", HqSchema.doctypeMigrations());
        home.setting("DATABASES", Map.of("default", postgres.djangoSettings("procedure")));
        for (int i = 0; i < 30; i++) {
            home.put("g" + i, "Group");
        }
        home.put("u/1", "CommCareUser");
        home.put("other", "Other");
        fork(home, "forked");

        assertThat(home.run(RUN, SLUG, "--initial").exit()).isZero();
        assertThat(home.run(RUN, SLUG, "--initial").err())
                .startsWith("CommandError: You have already run an initial migration.\n");
        assertThat(home.run("assert_initial_complete", SLUG).exit()).isZero();
        assertThat(postgres.text("procedure", "SELECT seq <> '' FROM doctypemigrations_doctypemigrationcheckpoint"))
                .isEqualTo("t");
        String edited = home.put("late", "CommCareUser");

        Run continuous = home.run(RUN, SLUG, "--continuous", "--once");
        assertThat(continuous.exit()).as(continuous.out() + continuous.err()).isZero();
        assertThat(continuous.err()).startsWith("Starting continuous replication...\n");
        assertThat(continuous.lines())
                .contains("All caught up!")
                .anyMatch(line -> line.matches("Read [0-9]+ changes, saved seq .+"));
        assertThat(home.target().get("late").orElseThrow()).containsEntry("_rev", edited);

        Run refused = home.typing("y\nprocedure\n", RUN, SLUG, "--cleanup");
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.err()).contains("not known to use the target");
        assertThat(home.run("doctype_mark", SLUG, "flip-ready").out()).contains("is at flip-ready");
        assertThat(home.run("doctype_mark", SLUG, "flipped").out()).contains("is at flipped");
        assertThat(home.typing("y\nprocedure\n", RUN, SLUG, "--cleanup").err()).contains("were not compared yet");
        Run verified = home.run("verify_doctype", SLUG, "--settle=1");
        assertThat(verified.exit()).as(verified.out() + verified.err()).isZero();

        Map<String, List<String>> before = DoctypeHome.live(home.source(), TYPES);
        assertThat(home.typing("n\n", RUN, SLUG, "--cleanup").exit()).isEqualTo(1);
        assertThat(home.typing("y\nwrong\n", RUN, SLUG, "--cleanup").out()).contains("Nothing was deleted.");
        assertThat(home.run(RUN, SLUG, "--cleanup").out())
                .as("nobody is there to agree")
                .contains("Nothing was deleted.");
        assertThat(DoctypeHome.live(home.source(), TYPES)).isEqualTo(before);

        Run cleanup = home.typing("y\nprocedure\nn\n", RUN, SLUG, "--cleanup");

        assertThat(cleanup.exit()).as(cleanup.out() + cleanup.err()).isZero();
        assertThat(cleanup.lines())
                .contains(
                        "Cleanup will remove doc_types (Group, CommCareUser, Group-Deleted, CommCareUser-Deleted) from db "
                                + home.run(RUN, SLUG, "--stats").lines().get(0).replace("Source DB: ", ""),
                        "Are you sure you want to proceed? [y/n]",
                        "Deleted " + before.size() + " documents; they are listed in "
                                + home.state().resolve("doctype-" + SLUG + "-cleanup.ndjson"));
        assertThat(DoctypeHome.live(home.source(), TYPES)).isEmpty();
        assertThat(DoctypeHome.live(home.source(), List.of("Other"))).containsOnlyKeys("other");
        assertThat(DoctypeHome.live(home.target(), TYPES)).isEqualTo(before);
        assertThat(listed(home)).isEqualTo(before.keySet());
        assertThat(home.run(RUN, SLUG, "--stats").lines())
                .contains("Group                         \t0\t31", "CommCareUser                  \t0\t2");
        assertThat(home.source().leaves(List.of("g1")).get(0).leaves().get(0).fields())
                .as("a tombstone keeps nothing of the document")
                .doesNotContainKeys("doc_type", "name");
        for (String option : List.of("--continuous", "--reverse", "--erase-continuous-progress", "--initial")) {
            assertThat(home.run(RUN, SLUG, option).err())
                    .startsWith("CommandError: You have already run cleanup for this migration.\n");
        }
        assertThat(home.run("doctype_mark", SLUG, "back").exit()).isEqualTo(1);
        assertThat(home.run("doctype_status", SLUG).lines()).contains("stage    cleaned");
        assertThat(postgres.text("procedure", "SELECT cleanup_complete FROM doctypemigrations_doctypemigration"))
                .isEqualTo("t");
    }

    @Test
    void aKilledCleanupGoesOnAndNothingIsCarriedAfterItsFirstMoment() throws Exception {
        DoctypeHome home = flipped("killed", 300);
        Map<String, List<String>> before = DoctypeHome.live(home.source(), TYPES);

        Process process = home.start(RUN, SLUG, "--cleanup", "--environment=test", "--rate=100");
        try {
            Eventually.holds(
                    "the first deletions",
                    Duration.ofMinutes(1),
                    () -> DoctypeHome.live(home.source(), TYPES).size() < before.size());
        } finally {
            process.destroyForcibly().waitFor();
        }
        int left = DoctypeHome.live(home.source(), TYPES).size();
        assertThat(left).isBetween(1, before.size() - 1);

        for (String option : List.of("--continuous", "--initial", "--reverse")) {
            assertThat(home.run(RUN, SLUG, option).err())
                    .startsWith("CommandError: You have already run cleanup for this migration.\n");
        }
        Eventually.holds("the dead one's lease ends", Duration.ofMinutes(2), () -> {
            Run again = home.typing("", RUN, SLUG, "--cleanup", "--environment=test", "--rate=0");
            assertThat(again.exit()).as(again.out() + again.err()).isIn(0, 1, 6);
            return again.exit() == 0;
        });

        assertThat(DoctypeHome.live(home.source(), TYPES)).isEmpty();
        assertThat(DoctypeHome.live(home.target(), TYPES)).isEqualTo(before);
        assertThat(listed(home)).isEqualTo(before.keySet());
    }

    @Test
    void aDocumentThatTheTargetLacksStaysAndIsTold() throws Exception {
        DoctypeHome home = flipped("foreign", 5);
        home.put("foreign", "Group");
        String newer = server.put(
                home.main(),
                "g1",
                Json.write(Map.of("_rev", home.source().get("g1").orElseThrow().get("_rev"), "doc_type", "Group")));

        Run cleanup = home.typing("", RUN, SLUG, "--cleanup", "--environment=test");

        assertThat(cleanup.exit()).isEqualTo(4);
        assertThat(DoctypeHome.live(home.source(), TYPES))
                .containsOnlyKeys("foreign", "g1")
                .containsEntry("g1", List.of(newer));
        assertThat(cleanup.out())
                .contains("missing: foreign: stays in the source: the target lacks revision")
                .contains("2 documents are still in the source: 2 that the target lacks a revision of");
        assertThat(home.run("doctype_status", SLUG).lines()).contains("stage    flipped");
    }

    @Test
    void whatTheSiteDidInTheTargetSinceTheFlipIsNoObstacle() throws Exception {
        DoctypeHome home = flipped("went-on", 4);
        String target = home.main() + "__users";
        server.put(target, "new", Json.write(Map.of("doc_type", "Group")));
        server.put(target, "g0", Json.write(Map.of("_rev", rev(home, "g0"), "doc_type", "Group", "name", "newer")));
        server.delete(target, "g1", rev(home, "g1"));

        Run verified = home.run("verify_doctype", SLUG, "--settle=0");
        assertThat(verified.exit()).isEqualTo(5);
        assertThat(verified.out()).contains("extra: new").contains("g0").contains("g1");
        Run cleanup = home.typing("", RUN, SLUG, "--cleanup", "--environment=test", "--purge");

        assertThat(cleanup.exit()).as(cleanup.out() + cleanup.err()).isZero();
        assertThat(cleanup.lines()).anyMatch(line -> line.matches("This server cannot purge.*|Purged .*"));
        assertThat(DoctypeHome.live(home.source(), TYPES)).isEmpty();
        assertThat(DoctypeHome.live(home.target(), TYPES)).containsOnlyKeys("g0", "g2", "g3", "new");
    }

    @Test
    void nothingIsCleanedWhileChangesAreCarried() throws Exception {
        DoctypeHome home = flipped("carried", 3);
        StopRequest stop = new StopRequest();
        ExecutorService background = Executors.newSingleThreadExecutor();
        try {
            Future<Run> forward = background.submit(() -> home.run(stop, "", RUN, SLUG, "--continuous"));
            Eventually.holds(
                    "somebody carries changes",
                    Duration.ofMinutes(1),
                    () -> home.run("doctype_status", SLUG).out().contains("process"));

            Run refused = home.typing("", RUN, SLUG, "--cleanup", "--environment=test");

            assertThat(refused.exit()).as(refused.out() + refused.err()).isEqualTo(6);
            assertThat(refused.out()).contains("It looks like replication is still happening, please track down");
            assertThat(DoctypeHome.live(home.source(), TYPES)).hasSize(3);
            stop.bySignal();
            assertThat(forward.get(1, TimeUnit.MINUTES).exit()).isEqualTo(130);
        } finally {
            stop.bySignal();
            background.shutdownNow();
        }
    }

    private static String rev(DoctypeHome home, String id) throws Exception {
        return String.valueOf(home.target().get(id).orElseThrow().get("_rev"));
    }

    private DoctypeHome flipped(String name, int documents) throws Exception {
        DoctypeHome home = DoctypeHome.make(server, name, directory);
        for (int i = 0; i < documents; i++) {
            home.put("g" + i, "Group");
        }
        for (String[] step : new String[][] {
            {RUN, SLUG, "--initial"},
            {RUN, SLUG, "--continuous", "--once"},
            {"doctype_mark", SLUG, "flipped"},
            {"verify_doctype", SLUG, "--settle=1"}
        }) {
            Run run = home.run(step);
            assertThat(run.exit()).as(run.out() + run.err()).isZero();
        }
        return home;
    }

    private static void fork(DoctypeHome home, String id) throws Exception {
        for (String rev : List.of("1-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "1-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb")) {
            Map<String, Object> fields = Map.of("_id", id, "_rev", rev, "doc_type", "Group");
            assertThat(home.source().store(List.of(new Document(Map.copyOf(fields)))))
                    .isEmpty();
        }
    }

    /** Ids in the list of what was deleted. */
    private static Set<String> listed(DoctypeHome home) throws Exception {
        Set<String> ids = new TreeSet<>();
        for (String line : Files.readAllLines(home.state().resolve("doctype-" + SLUG + "-cleanup.ndjson"))) {
            ids.add(String.valueOf(Json.readObject(line, "list").get("id")));
        }
        return ids;
    }
}
