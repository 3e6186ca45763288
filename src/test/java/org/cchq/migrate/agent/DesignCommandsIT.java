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

/** {@code audit_doctype} and {@code preindex_doctype}, from the command line to a real server. */
class DesignCommandsIT {
    private static final String MAP = "function(doc) { if (doc.doc_type === 'Group') emit(doc._id, null) }";
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
    void preindexBringsWhatTheAuditSaysAndCheckSaysWhetherItIsThere() throws Exception {
        DoctypeHome home = home("preindexed");

        Run before = home.run("preindex_doctype", DoctypeHome.SLUG, "--check");
        Run brought = home.run("preindex_doctype", DoctypeHome.SLUG, "--output", "json");
        Run after = home.run("preindex_doctype", DoctypeHome.SLUG, "--check");

        assertThat(before.exit()).as(before.err() + before.lines()).isEqualTo(4);
        // The document itself was not copied: its row is missing, and that is a difference.
        assertThat(brought.exit()).as(brought.err() + brought.lines()).isEqualTo(5);
        assertThat(brought.lines()).hasSize(1);
        Map<String, ?> report = Json.readObject(brought.lines().get(0), "report");
        assertThat(report.get("ready")).isEqualTo(false);
        assertThat(home.target().designs()).extracting(Document::id).contains("_design/groups");
        assertThat(after.lines()).contains("groups: rows differ");
    }

    @Test
    void theAuditPrintsForAPersonAndAsJson() throws Exception {
        DoctypeHome home = home("audited");
        Path events = directory.resolve("events.jsonl");

        Run text = home.run("audit_doctype", DoctypeHome.SLUG, "--events", events.toString());
        Run json = home.run("audit_doctype", DoctypeHome.SLUG, "--output=json", "--no-scratch");

        assertThat(text.exit()).as(text.err()).isZero();
        assertThat(text.lines()).contains("groups: moves with the documents", "  view mine: acts; names Group");
        assertThat(text.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(Files.readString(events)).contains("\"started\"", "\"ended\"", "design documents");
        Map<String, ?> report = Json.readObject(json.lines().get(0), "report");
        assertThat(report.get("needed_in_target"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .contains("groups")
                .doesNotContain("forms");
    }

    @Test
    void theListOfTheMigrationGoesBeforeTheAudit() throws Exception {
        DoctypeHome home = home("listed");
        home.setting(
                "DOCTYPE_MIGRATIONS",
                Map.of(
                        DoctypeHome.SLUG,
                        Map.of("target", "users", "doc_types", List.of("Group"), "design_docs", List.of("forms"))));

        Run run = home.run("preindex_doctype", DoctypeHome.SLUG);

        assertThat(home.target().designs()).extracting(Document::id).containsExactly("_design/forms");
        assertThat(run.lines()).noneMatch(line -> line.startsWith("The target needs"));
    }

    @Test
    void aListThatIsNoListOfNamesIsRefused() throws Exception {
        DoctypeHome home = home("mislisted");
        home.setting(
                "DOCTYPE_MIGRATIONS",
                Map.of(
                        DoctypeHome.SLUG,
                        Map.of("target", "users", "doc_types", List.of("Group"), "design_docs", List.of(3))));

        Run run = home.run("preindex_doctype", DoctypeHome.SLUG);

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err())
                .contains(
                        "DOCTYPE_MIGRATIONS." + DoctypeHome.SLUG + ".design_docs: must be names of design documents",
                        "found the number 3");
        assertThat(home.target().exists()).isFalse();
    }

    @Test
    void everythingWrongWithTheCommandLineIsToldAtOnce() throws Exception {
        DoctypeHome home = home("mistyped");

        Run run = home.run("preindex_doctype", DoctypeHome.SLUG, "--wait=soon", "--samples=0", "--output=xml");

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("--wait=soon", "--samples=0", "--output=xml");
        assertThat(home.target().exists()).isFalse();
    }

    private DoctypeHome home(String name) throws Exception {
        DoctypeHome home = DoctypeHome.make(server, name, directory);
        home.put("g1", "Group");
        home.put("x1", "XFormInstance");
        home.source()
                .edit(List.of(
                        design("groups", MAP),
                        design("forms", "function(doc) { if (doc.doc_type === 'XFormInstance') emit(1) }")));
        return home;
    }

    private static Document design(String name, String map) {
        return new Document(Map.of("_id", "_design/" + name, "views", Map.of("mine", Map.of("map", map))));
    }
}
