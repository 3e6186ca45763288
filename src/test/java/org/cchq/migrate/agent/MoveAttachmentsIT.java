package org.cchq.migrate.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.cchq.migrate.testing.CouchServer;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.HqSchema;
import org.cchq.migrate.testing.MetadataHome;
import org.cchq.migrate.testing.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code run_sql simple_move_form_attachments_to_blobmeta}: mapping, chunks and duplicates. */
class MoveAttachmentsIT {
    private static final String MOVE = "simple_move_form_attachments_to_blobmeta";
    private static final Instant RECEIVED = Instant.parse("2018-05-06T07:08:09Z");
    private static final UUID UUID_A = UUID.fromString("d2a5a1c8-0d0d-4c4e-8d5b-3f5a9e7a1b2c");

    private static PostgresServer postgres;
    private static CouchServer couch;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() throws Exception {
        postgres = PostgresServer.start();
        couch = CouchServer.start();
    }

    @AfterAll
    static void stop() throws Exception {
        couch.close();
        postgres.close();
    }

    private MetadataHome home(String name) throws Exception {
        return MetadataHome.make(postgres, couch, name, directory.resolve(name), HqSchema.E2_VIEW, 0);
    }

    private static void attachment(MetadataHome home, String form, String name, UUID id, String bucket, String blob)
            throws Exception {
        postgres.insertFormAttachment(home.name(), form, name, id, bucket, blob, RECEIVED);
    }

    private static Map<String, String> real(MetadataHome home) throws Exception {
        home.sql("DROP VIEW blobs_blobmeta");
        home.sql("CREATE VIEW blobs_blobmeta AS SELECT * FROM blobs_blobmeta_tbl");
        return home.rows();
    }

    @Test
    void everyAttachmentBecomesARow() throws Exception {
        MetadataHome home = home("moved");
        attachment(home, "f1", "form.xml", UUID_A, null, "b1");
        attachment(home, "f1", "pic.jpg", UUID.randomUUID(), "", "b2");
        attachment(home, "f2", "form.xml", UUID.randomUUID(), "bucket", "b3");
        attachment(home, "f3", "form.xml", UUID.randomUUID(), "", "b4");
        home.sql("DELETE FROM form_processor_xforminstancesql WHERE form_id = 'f3'");
        home.sql("UPDATE form_processor_xformattachmentsql SET properties = '{}', content_type = 'text/xml'"
                + " WHERE form_id = 'f2'");

        MetadataHome.Run run = home.run("run_sql", MOVE, "--yes", "--chunk-size=2");

        assertThat(run.err()).isEmpty();
        assertThat(run.exit()).isZero();
        assertThat(run.lines().get(0)).isEqualTo("running on default database");
        assertThat(run.lines().get(1)).matches("default: processed 2 items \\(\\d+/s\\)");
        assertThat(run.lines().get(2)).matches("default: processed 4 items \\(\\d+/s\\)");
        assertThat(run.lines().get(3)).matches("default elapsed: 0:00:0\\d.*");
        assertThat(run.lines().get(4)).isEqualTo("default final: processed 4 items");
        assertThat(real(home))
                .containsEntry("f1 form/d2a5a1c80d0d4c4e8d5b3f5a9e7a1b2c/b1", "p0|demo|form.xml|2|null|10|null|null")
                .containsEntry("f1 b2", "p0|demo|pic.jpg|3|null|10|null|null")
                .containsEntry("f2 bucket/b3", "p0|demo|form.xml|2|text/xml|10|null|null")
                .containsEntry("f3 b4", "p0|<unknown>|form.xml|2|null|10|null|null")
                .hasSize(4);
        assertThat(home.text("SELECT min(id) > 0 AND min(created_on) = '2018-05-06T07:08:09Z' FROM blobs_blobmeta_tbl"))
                .isEqualTo("t");
        assertThat(home.text("SELECT count(*) FROM form_processor_xformattachmentsql"))
                .isEqualTo("0");
    }

    @Test
    void aKeyThatNoRowCanHoldEndsTheMoveAndIsNotCut() throws Exception {
        MetadataHome home = home("long");
        attachment(home, "f1", "form.xml", UUID_A, "b".repeat(200), "k".repeat(100));

        MetadataHome.Run run = home.run("run_sql", MOVE, "--yes");

        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.err()).contains("value too long for type character varying(255)");
        assertThat(home.text("SELECT count(*) FROM form_processor_xformattachmentsql"))
                .isEqualTo("1");
        assertThat(home.text("SELECT count(*) FROM blobs_blobmeta_tbl")).isEqualTo("0");
    }

    @Test
    void killedItGoesOnWithTheSameCommand() throws Exception {
        MetadataHome home = home("killed");
        attachment(home, "f1", "form.xml", UUID_A, "", "b0");
        home.sql(
                "INSERT INTO form_processor_xformattachmentsql (attachment_id, name, content_type, md5, form_id, blob_id,"
                        + " blob_bucket, content_length) SELECT md5('a' || n)::uuid, 'pic' || n || '.jpg', content_type, md5, form_id,"
                        + " 'b' || n, '', 10 FROM form_processor_xformattachmentsql, generate_series(1, 4999) n");
        for (int kill = 1; kill <= 2; kill++) {
            long enough = kill * 1_500L;
            Process process = home.start("run_sql", MOVE, "--yes", "--chunk-size=10");
            Eventually.holds(
                    enough + " are moved",
                    Duration.ofSeconds(60),
                    () -> !process.isAlive() || number(home, "blobs_blobmeta_tbl") >= enough);
            assertThat(process.isAlive()).as("it was killed in the middle").isTrue();
            process.destroyForcibly().waitFor();
            Eventually.holds(
                    "each is in one table",
                    Duration.ofSeconds(10),
                    () -> number(home, "blobs_blobmeta_tbl") + number(home, "form_processor_xformattachmentsql")
                            == 5_000);
        }

        MetadataHome.Run run = home.run("run_sql", MOVE, "--yes");

        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        Map<String, String> rows = real(home);
        assertThat(rows).hasSize(5_000).containsEntry("f1 b0", "p0|demo|form.xml|2|null|10|null|null");
        assertThat(rows.values())
                .filteredOn(row -> row.startsWith("p0|demo|pic") && row.contains("|3|"))
                .hasSize(4_999);
        assertThat(number(home, "form_processor_xformattachmentsql")).isZero();
    }

    private static long number(MetadataHome home, String table) throws Exception {
        return Long.parseLong(home.text("SELECT count(*) FROM " + table));
    }

    @Test
    void oneParentTwiceKeepsTheRightTypeIfBothAgree() throws Exception {
        MetadataHome home = home("twice");
        attachment(home, "f1", "pic.jpg", UUID_A, "", "same");
        home.sql("INSERT INTO blobs_blobmeta_tbl (domain, parent_id, name, key, type_code, created_on, content_length)"
                + " VALUES ('demo', 'f1', 'pic.jpg', 'same', 2, now(), 10)");

        MetadataHome.Run run = home.run("run_sql", MOVE, "--yes");

        assertThat(run.err()).isEmpty();
        assertThat(run.lines()).contains("default: deleting duplicate blob for f1 / pic.jpg key=same");
        assertThat(real(home)).containsExactly(Map.entry("f1 same", "p0|demo|pic.jpg|3|null|10|null|null"));
    }

    @Test
    void oneParentTwiceWithOtherFieldsIsRefused() throws Exception {
        MetadataHome home = home("disagree");
        attachment(home, "f1", "pic.jpg", UUID_A, "", "same");
        home.sql("INSERT INTO blobs_blobmeta_tbl (domain, parent_id, name, key, type_code, created_on, content_length)"
                + " VALUES ('demo', 'f1', 'pic.jpg', 'same', 3, now(), 11)");

        MetadataHome.Run run = home.run("run_sql", MOVE, "--yes");

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).contains("refusing to delete");
        assertThat(home.text("SELECT count(*) FROM form_processor_xformattachmentsql"))
                .isEqualTo("1");
        assertThat(home.text("SELECT count(*) FROM blobs_blobmeta_tbl")).isEqualTo("1");
    }

    @Test
    void parentsThatShareABlobGetOneEach() throws Exception {
        MetadataHome home = home("shared");
        attachment(home, "f1", "form.xml", UUID_A, "", "same");
        attachment(home, "f2", "form.xml", UUID.randomUUID(), "", "same");
        Path blobs = Files.createDirectories(directory.resolve("drive/blobdb"));
        Files.writeString(blobs.resolve("same"), "0123456789");

        MetadataHome.Run without = home.run("run_sql", MOVE, "--yes");
        assertThat(without.exit()).isEqualTo(1);
        assertThat(without.err()).contains("shares the blob same");

        home.setting("SHARED_DRIVE_ROOT", directory.resolve("drive").toString());
        MetadataHome.Run run = home.run("run_sql", MOVE, "--yes");

        assertThat(run.err()).isEmpty();
        assertThat(run.exit()).isZero();
        assertThat(run.out()).contains("default: creating new blob for f2 / form.xml key=");
        Map<String, String> rows = real(home);
        assertThat(rows).hasSize(2).containsKey("f1 same");
        String own = rows.keySet().stream()
                .filter(key -> key.startsWith("f2 "))
                .findFirst()
                .orElseThrow()
                .substring(3);
        assertThat(blobs.resolve(own)).hasContent("0123456789");
    }

    @Test
    void itAsksFirst() throws Exception {
        MetadataHome home = home("asked");
        attachment(home, "f1", "form.xml", UUID_A, "", "b");

        MetadataHome.Run run = home.run("run_sql", MOVE);

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).contains("Nothing was moved");
        assertThat(home.text("SELECT count(*) FROM form_processor_xformattachmentsql"))
                .isEqualTo("1");
        assertThat(home.run("run_sql", "simple_move", "--yes").err()).contains("is not one of " + MOVE);
    }
}
