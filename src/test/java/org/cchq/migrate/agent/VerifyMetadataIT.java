package org.cchq.migrate.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.testing.CouchServer;
import org.cchq.migrate.testing.HqSchema;
import org.cchq.migrate.testing.MetadataHome;
import org.cchq.migrate.testing.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code verify_blob_metadata}: a planted difference of each class is found, and nothing else. */
class VerifyMetadataIT {
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

    private static Map<String, Object> document(Map<String, ?> entry) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("doc_type", "XFormInstance");
        fields.put("domain", "dom");
        fields.put("external_blobs", Map.of("form.xml", entry));
        return fields;
    }

    private MetadataHome migrated(String name) throws Exception {
        MetadataHome home = MetadataHome.make(postgres, couch, name, directory.resolve(name), HqSchema.E4, 2);
        for (String id : List.of("a", "b", "c", "d", "e")) {
            home.put("", id, document(Map.of("id", "ident", "content_length", 5)));
        }
        home.sql("INSERT INTO ota_demouserrestore (demo_user_id, restore_blob_id, content_length)"
                + " VALUES ('', 'restore', 3)");
        assertThat(home.migrate().exit()).isZero();
        return home;
    }

    private List<String> log(MetadataHome home) throws Exception {
        try (var files = Files.list(home.logs())) {
            Path last = files.filter(path -> path.getFileName().toString().matches("verify_blob.*Z.txt"))
                    .sorted()
                    .reduce((first, second) -> second)
                    .orElseThrow();
            return Files.readAllLines(last);
        }
    }

    @Test
    void whatWasMigratedIsFoundEqual() throws Exception {
        MetadataHome home = migrated("equal");

        MetadataHome.Run run = home.run("verify_blob_metadata");

        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("6 entries, 6 rows: missing row 0, different fields 0");
        assertThat(run.exit()).isZero();
        assertThat(log(home)).isEmpty();
    }

    @Test
    void everyClassOfDifferenceIsTold() throws Exception {
        MetadataHome home = migrated("classes");
        home.onShards("DELETE FROM blobs_blobmeta WHERE parent_id = 'a'");
        home.onShards("UPDATE blobs_blobmeta SET content_length = 7, domain = 'other' WHERE parent_id = 'b'");
        home.onShards("UPDATE blobs_blobmeta SET parent_id = 'x' WHERE parent_id = 'c'");
        home.onShards("DELETE FROM blobs_blobmeta WHERE key = 'restore'");
        Map<String, Object> saved = document(Map.of("key", "gone", "blobmeta_id", 99));
        saved.put("_rev", couch.get("classes", "d").orElseThrow().get("_rev"));
        home.put("", "d", saved);
        home.put("", "f", document(Map.of("content_length", 5)));

        MetadataHome.Run run = home.run("verify_blob_metadata");

        assertThat(run.exit()).isEqualTo(5);
        assertThat(run.out())
                .contains("missing row 2, different fields 1, row of another parent 1, named row gone 1,"
                        + " row without entry 2, refused 1, no blob 0");
        assertThat(log(home))
                .anyMatch(line -> line.contains("\"error\": \"different fields\"")
                        && line.contains("\"fields\": [\"domain\", \"content_length\"]"))
                .anyMatch(line ->
                        line.contains("\"error\": \"row without entry\"") && line.contains("\"parent_id\": \"x\""))
                .hasSize(8);
    }

    @Test
    void rowsThatAreMissingAreMadeAgainAndRecorded() throws Exception {
        MetadataHome home = migrated("repaired");
        Map<String, String> rows = home.rows();
        home.onShards("DELETE FROM blobs_blobmeta WHERE parent_id IN ('a', 'b')");

        MetadataHome.Run run = home.run("verify_blob_metadata", "--repair");

        assertThat(run.out()).contains("; inserted 2");
        assertThat(run.exit()).isZero();
        assertThat(home.rows()).isEqualTo(rows);
        assertThat(home.run("remove_blob_metadata").exit()).isZero();
        assertThat(home.rows()).isEmpty();
    }

    @Test
    void theStoreIsAskedForEveryBlob() throws Exception {
        MetadataHome home = migrated("stored");
        Path blobs = Files.createDirectories(directory.resolve("drive/blobdb/stored/a"));
        Files.writeString(blobs.resolve("ident"), "12345");
        home.setting("SHARED_DRIVE_ROOT", directory.resolve("drive").toString());

        MetadataHome.Run run = home.run("verify_blob_metadata", "--with-store");

        assertThat(run.err()).isEmpty();
        assertThat(run.exit()).isEqualTo(5);
        assertThat(run.out()).contains("no blob 5");
        assertThat(log(home)).noneMatch(line -> line.contains("stored/a/ident"));
    }
}
