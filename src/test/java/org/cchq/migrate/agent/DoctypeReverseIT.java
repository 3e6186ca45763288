package org.cchq.migrate.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.CouchServer;
import org.cchq.migrate.testing.DoctypeHome;
import org.cchq.migrate.testing.DoctypeHome.Run;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** There and back again, with the site at work on either side. */
class DoctypeReverseIT {
    private static final String RUN = "run_doctype_migration";
    private static final String SLUG = DoctypeHome.SLUG;

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
    void whatTheSiteDidAfterTheFlipIsBroughtBack() throws Exception {
        DoctypeHome home = DoctypeHome.make(server, "reverse", directory);
        for (int i = 0; i < 6; i++) {
            home.put("g" + i, "Group");
        }
        step(home, RUN, SLUG, "--initial");
        step(home, RUN, SLUG, "--continuous", "--once");
        step(home, "doctype_mark", SLUG, "flip-ready");
        String target = home.main() + "__users";
        String newer = server.put(
                target, "g0", Json.write(Map.of("_rev", rev(home, "g0"), "doc_type", "Group", "is", "newer")));
        server.delete(target, "g1", rev(home, "g1"));
        String made = server.put(target, "made/there", Json.write(Map.of("doc_type", "Group")));
        step(home, "doctype_mark", SLUG, "flipped");

        Run reverse = step(home, RUN, SLUG, "--continuous", "--reverse", "--once");

        assertThat(reverse.out()).contains("All caught up!");
        assertThat(home.source().get("g0").orElseThrow()).containsEntry("_rev", newer);
        assertThat(home.source().get("g1")).isEmpty();
        assertThat(home.source().get("made/there").orElseThrow()).containsEntry("_rev", made);
        assertThat(step(home, "verify_doctype", SLUG, "--settle=0").out()).contains("no difference");

        step(home, "doctype_mark", SLUG, "back");
        String again =
                server.put(home.main(), "g0", Json.write(Map.of("_rev", newer, "doc_type", "Group", "is", "newest")));
        step(home, RUN, SLUG, "--continuous", "--once");
        assertThat(home.target().get("g0").orElseThrow()).containsEntry("_rev", again);
    }

    private static Run step(DoctypeHome home, String... words) throws Exception {
        Run run = home.run(words);
        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        return run;
    }

    private static String rev(DoctypeHome home, String id) throws Exception {
        return String.valueOf(home.target().get(id).orElseThrow().get("_rev"));
    }
}
