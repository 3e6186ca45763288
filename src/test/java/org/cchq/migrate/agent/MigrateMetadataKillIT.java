package org.cchq.migrate.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.CouchServer;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.HqSchema;
import org.cchq.migrate.testing.MetadataHome;
import org.cchq.migrate.testing.PostgresServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} of {@code migrate_metadata}: the next run goes on, and ends where an undisturbed one does. */
class MigrateMetadataKillIT {
    private static final int DOCUMENTS = 4_000;

    @TempDir
    Path directory;

    @Test
    void killedAtAnyMomentItEndsWhereAnUndisturbedRunDoes() throws Exception {
        try (PostgresServer postgres = PostgresServer.start();
                CouchServer couch = CouchServer.start()) {
            MetadataHome home = MetadataHome.make(postgres, couch, "killed", directory, HqSchema.E4, 2);
            Set<String> expected = fill(couch);

            for (int kill = 1; kill <= 3; kill++) {
                long enough = kill * DOCUMENTS / 5L;
                Process process = home.start("run_blob_migration", "migrate_metadata", "--chunk-size=50");
                Eventually.holds(
                        enough + " rows",
                        Duration.ofSeconds(60),
                        () -> !process.isAlive()
                                || home.countOnShards("SELECT count(*) FROM blobs_blobmeta") >= enough);
                assertThat(process.isAlive()).as("it was killed in the middle").isTrue();
                process.destroyForcibly().waitFor();
            }
            long known = home.countOnShards("SELECT coalesce(max(id), 0) FROM blobs_blobmeta");
            couch.put("killed", "late", Json.write(document("late")));
            expected.add("late killed/late/ident");
            MetadataHome.Run last = home.migrate("--chunk-size=50");

            assertThat(last.err()).isEmpty();
            assertThat(last.exit()).isZero();
            assertThat(known).isPositive();
            assertThat(home.rows().keySet()).isEqualTo(expected);
            assertThat(home.countOnShards(
                            "SELECT count(*) FROM cchq_migrate_blobmeta r JOIN blobs_blobmeta b" + " ON b.id = r.id"))
                    .as("every row is in the record")
                    .isEqualTo(expected.size());
            removedThoughKilled(home, known(home));
        }
    }

    /** What somebody has changed stays, the rest goes, however often it is killed on the way. */
    private static void removedThoughKilled(MetadataHome home, Path elsewhere) throws Exception {
        home.onShards("UPDATE blobs_blobmeta SET expires_on = now() WHERE parent_id = 'late'");
        for (int kill = 1; kill <= 2; kill++) {
            long left = DOCUMENTS + 501 - kill * 1_000L;
            Process process = home.start("remove_blob_metadata");
            Eventually.holds(
                    left + " rows are left",
                    Duration.ofSeconds(60),
                    () -> !process.isAlive() || home.countOnShards("SELECT count(*) FROM blobs_blobmeta") <= left);
            assertThat(process.isAlive()).as("it was killed in the middle").isTrue();
            process.destroyForcibly().waitFor();
            assertThat(home.countOnShards("SELECT count(*) FROM cchq_migrate_blobmeta"))
                    .as("a row and its record go together")
                    .isEqualTo(home.countOnShards("SELECT count(*) FROM blobs_blobmeta"));
        }

        MetadataHome.Run between = home.migrate();
        assertThat(between.exit()).as(between.out() + between.err()).isZero();
        assertThat(between.out()).contains("WARNING killed: rows were taken back since the last run with this ledger");
        assertThat(home.rows()).as("what was taken back is there again").hasSize(DOCUMENTS + 1);

        MetadataHome.Run last = home.run("remove_blob_metadata");

        assertThat(last.exit()).as(last.out() + last.err()).isEqualTo(4);
        assertThat(home.rows().keySet()).containsExactly("late killed/late/ident");
        assertThat(home.text("SELECT count(*) FROM blobs_blobmigrationstate")).isEqualTo("0");
        MetadataHome.Run again = home.migrate("--log-dir=" + elsewhere);
        assertThat(again.exit()).as("the way ahead is open again").isZero();
        assertThat(again.out()).contains("WARNING killed: rows were taken back since the last run with this ledger");
        assertThat(home.rows()).hasSize(DOCUMENTS + 1);
    }

    /** A second log directory, whose ledger says that all rows are in. */
    private static Path known(MetadataHome home) throws Exception {
        Path elsewhere = Files.createDirectories(home.logs().resolveSibling("elsewhere"));
        assertThat(home.migrate("--log-dir=" + elsewhere).exit()).isZero();
        return elsewhere;
    }

    private static Map<String, Object> document(String id) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("_id", id);
        fields.put("doc_type", "XFormInstance");
        fields.put("domain", "dom");
        fields.put("external_blobs", Map.of("form.xml", Map.of("id", "ident", "content_length", 5)));
        return fields;
    }

    private static Set<String> fill(CouchServer couch) throws Exception {
        Random random = new Random(5);
        Set<String> expected = new TreeSet<>();
        List<Object> documents = new ArrayList<>();
        for (int number = 0; number < DOCUMENTS; number++) {
            byte[] bytes = new byte[16];
            random.nextBytes(bytes);
            String id = HexFormat.of().formatHex(bytes);
            documents.add(document(id));
            expected.add(id + " killed/" + id + "/ident");
        }
        couch.post("killed", "_bulk_docs", Json.write(Map.of("docs", documents)));
        return expected;
    }
}
