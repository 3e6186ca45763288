package org.cchq.migrate.kind.doctypes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.store.document.CouchDatabase;
import org.cchq.migrate.testing.CouchServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Which design documents have to do with Group and WebUser, on a real server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditIT {
    private static final String NAME = "audit_it";

    private CouchServer server;
    private DoctypeEnds ends;
    private CouchDatabase scratch;

    @BeforeAll
    void start() throws Exception {
        server = CouchServer.start();
    }

    @AfterAll
    void stop() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void fill() throws Exception {
        ends = DesignSite.ends(server, NAME);
        scratch = new CouchDatabase(server.spec(Audit.scratchName(DesignSite.MIGRATOR)));
        DesignSite.fill((CouchDatabase) ends.source());
    }

    @AfterEach
    void drop() throws Exception {
        ends.source().drop();
        scratch.drop();
    }

    @Test
    void saysWhichDatabaseNeedsWhat() throws Exception {
        AuditReport report = audit().run(scratch, 5);

        assertThat(report.designs())
                .extracting(design -> design.design() + " " + design.need().word())
                .containsExactly(
                        "all_docs both",
                        "by_domain both",
                        "cases source",
                        "forms source",
                        "groups target",
                        "guard target",
                        "pictures both",
                        "sly both");
        assertThat(report.neededInTarget())
                .containsExactly("all_docs", "by_domain", "groups", "guard", "pictures", "sly");
        assertThat(report.samples())
                .isEqualTo(Map.of("Group", 5, "WebUser", 1, "Group-Deleted", 1, "WebUser-Deleted", 1));
    }

    @Test
    void samplesAreBelievedAgainstTheTextAndItIsSaid() throws Exception {
        AuditReport report = audit().run(scratch, 5);

        FunctionFinding sly = finding(report, "sly");
        assertThat(sly.text().concern()).isEqualTo(Concern.NONE);
        assertThat(sly.concern()).isEqualTo(Concern.ACTS);
        assertThat(String.join("\n", report.toLines()))
                .contains("view v: acts;", "! its text denies it, but it acts on samples")
                .contains("view base: no; looks at base_doc", "! no row of 8 samples, though its text allows it")
                .contains("Moves: groups, guard\n", "Not concerned: cases, forms\n")
                .doesNotContain("view all: no; only for other types");
        assertThat(report.toLines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void textsAloneLeaveOpenWhatFieldsDecide() throws Exception {
        AuditReport report = audit().read();

        assertThat(finding(report, "cases").concern()).isEqualTo(Concern.POSSIBLE);
        assertThat(report.neededInTarget()).contains("cases").doesNotContain("sly", "forms");
        assertThat(report.samples()).isEmpty();
    }

    @Test
    void leavesSourceAndTargetAsTheyWereAndNoScratchBehind() throws Exception {
        String before = ends.source().info().updateSequence().text();

        audit().run(scratch, 5);

        assertThat(ends.source().info().updateSequence().text()).isEqualTo(before);
        assertThat(ends.target().exists()).isFalse();
        assertThat(scratch.exists()).isFalse();
    }

    @Test
    void aDatabaseOfTheScratchsNameThatIsNoScratchIsLeftAlone() throws Exception {
        scratch.create();
        scratch.edit(List.of(DesignSite.document("precious", Map.of("a", 1))));

        assertThatThrownBy(() -> audit().run(scratch, 5))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("was not made by this command");
        assertThat(scratch.get("precious")).isPresent();
    }

    @Test
    void whatAKilledAuditLeftIsReplaced() throws Exception {
        scratch.create();
        scratch.edit(List.of(DesignSite.document("cchq-migrate-scratch", Map.of())));

        assertThat(audit().run(scratch, 5).designs()).hasSize(8);
        assertThat(scratch.exists()).isFalse();
    }

    /** A database of 150 GB of applications has documents of megabytes. */
    @Test
    void largeDocumentsAreFewerSamples() throws Exception {
        for (int i = 0; i < 6; i++) {
            ends.source()
                    .edit(List.of(DesignSite.document(
                            "large" + i, Map.of("doc_type", "WebUser", "text", "x".repeat(400_000)))));
        }

        AuditReport report = audit().run(scratch, 25);

        assertThat(report.samples()).containsEntry("WebUser", 3).containsEntry("Group", 12);
    }

    @Test
    void aCheckoutIsComparedWithTheDatabase(@TempDir Path checkout) throws Exception {
        file(
                checkout,
                "apps/groups/_design/views/by_name/map.js",
                "function(doc) { // same\n" + " if (doc.doc_type === \"Group\") emit([doc.domain, doc.name], 1) }");
        file(
                checkout,
                "apps/groups/_design/views/by_user/map.js",
                "function(doc) { if (doc.doc_type == 'Group') emit(1) }");
        file(checkout, "couchapps/by_domain/views/view/map.js", "function(doc) { emit(doc.domain) }");

        AuditReport report = audit().withCheckout(audit().read(), checkout);

        assertThat(report.checkout())
                .extracting(CheckoutFinding::path, CheckoutFinding::standing)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "apps/groups/_design/views/by_user/map.js", CheckoutFinding.Standing.ABSENT),
                        org.assertj.core.groups.Tuple.tuple(
                                "couchapps/by_domain/views/view/map.js", CheckoutFinding.Standing.OTHER));
        assertThat(report.notes()).containsExactly("Checkout: 3 functions, 1 of them in the database.");
    }

    private Audit audit() {
        return new Audit(ends, DesignSite.REQUESTS);
    }

    private static FunctionFinding finding(AuditReport report, String design) {
        return report.designs().stream()
                .filter(finding -> finding.design().equals(design))
                .findFirst()
                .orElseThrow()
                .functions()
                .get(0);
    }

    private static void file(Path checkout, String path, String text) throws Exception {
        Path file = checkout.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
