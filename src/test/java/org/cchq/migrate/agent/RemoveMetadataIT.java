package org.cchq.migrate.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.cchq.migrate.testing.CouchServer;
import org.cchq.migrate.testing.HqSchema;
import org.cchq.migrate.testing.MetadataHome;
import org.cchq.migrate.testing.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code remove_blob_metadata}: exactly the rows of the migration go, and only while nothing depends on them. */
class RemoveMetadataIT {
    private static final String INSERT =
            "INSERT INTO blobs_blobmeta (domain, parent_id, name, key, type_code, created_on, content_length)"
                    + " VALUES ('dom', 'hqs', 'n', 'hqs-own', 2, now(), 1)";

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
        MetadataHome home = MetadataHome.make(postgres, couch, name, directory.resolve(name), HqSchema.E4, 2);
        for (String id : new String[] {"a", "b", "c", "d"}) {
            home.put("", id, document(Map.of("id", "ident", "content_length", 5)));
        }
        home.onShards(INSERT);
        return home;
    }

    private static Map<String, Object> document(Map<String, ?> entry) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("doc_type", "XFormInstance");
        fields.put("domain", "dom");
        fields.put("external_blobs", Map.of("form.xml", entry));
        return fields;
    }

    @Test
    void everythingIsAsItWasBefore() throws Exception {
        MetadataHome home = home("whole");
        Map<String, String> before = home.rows();
        home.migrate();
        assertThat(home.rows()).hasSize(before.size() + 4);

        MetadataHome.Run check = home.run("remove_blob_metadata", "--check");
        assertThat(check.out()).contains("would be removed 4");
        assertThat(home.rows()).hasSize(before.size() + 4);

        MetadataHome.Run run = home.run("remove_blob_metadata");

        assertThat(run.err()).isEmpty();
        assertThat(run.exit()).isZero();
        assertThat(home.rows()).isEqualTo(before);
        assertThat(home.text("SELECT count(*) FROM blobs_blobmigrationstate")).isEqualTo("0");
        assertThat(home.countOnShards("SELECT count(*) FROM pg_class WHERE relname LIKE 'cchq_migrate%'"))
                .isZero();

        assertThat(home.migrate().exit()).as("the way forth is open again").isZero();
        assertThat(home.rows()).hasSize(before.size() + 4);
    }

    @Test
    void whatSomebodyDependsOnStaysAndIsTold() throws Exception {
        MetadataHome home = home("kept");
        home.migrate();
        home.onShards("UPDATE blobs_blobmeta SET expires_on = now() WHERE parent_id = 'a'");
        home.onShards("DELETE FROM blobs_blobmeta WHERE parent_id = 'b'");
        long id = home.countOnShards("SELECT coalesce(sum(id), 0) FROM blobs_blobmeta WHERE parent_id = 'c'");
        Map<String, Object> saved = document(Map.of("key", "kept/c/ident", "content_length", 5, "blobmeta_id", id));
        saved.put("_rev", couch.get("kept", "c").orElseThrow().get("_rev"));
        home.put("", "c", saved);

        MetadataHome.Run run = home.run("remove_blob_metadata");

        assertThat(run.exit()).isEqualTo(4);
        assertThat(run.out())
                .contains("removed 1, kept because they were changed 1, kept because their document names them 1,"
                        + " gone already 1");
        assertThat(home.rows().keySet()).containsExactlyInAnyOrder("a kept/a/ident", "c kept/c/ident", "hqs hqs-own");
        try (var files = Files.list(home.logs())) {
            Path log = files.filter(path -> path.getFileName().toString().matches("remove_blob.*Z.txt"))
                    .findFirst()
                    .orElseThrow();
            assertThat(Files.readAllLines(log))
                    .hasSize(2)
                    .anyMatch(line -> line.contains("\"why\": \"changed since\"") && line.contains("kept/a/ident"))
                    .anyMatch(line -> line.contains("\"why\": \"named by its document\""));
        }
    }

    @Test
    void onceBlobsWereMovedByTheseRowsThereIsNoWayBack() throws Exception {
        MetadataHome home = home("used");
        home.migrate();
        home.sql("INSERT INTO blobs_blobmigrationstate (slug, \"timestamp\")"
                + " VALUES ('migrate_backend', now() + interval '1 second')");
        Map<String, String> rows = home.rows();

        MetadataHome.Run run = home.run("remove_blob_metadata");

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).contains("migrate_backend was completed").contains("Nothing was changed");
        assertThat(home.rows()).isEqualTo(rows);
    }
}
