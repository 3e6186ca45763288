package org.cchq.migrate.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.cchq.migrate.hq.SipHash;
import org.cchq.migrate.testing.CouchServer;
import org.cchq.migrate.testing.HqSchema;
import org.cchq.migrate.testing.MetadataHome;
import org.cchq.migrate.testing.Ports;
import org.cchq.migrate.testing.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code run_blob_migration migrate_metadata} against a real PostgreSQL and a CouchDB-API server. */
class MigrateMetadataIT {
    /** Every type of HQ's list: type, part, code, and where its domain comes from. */
    private static final List<String> TYPES = List.of(
            "Application __apps 5 own",
            "Application-Deleted __apps 5 own",
            "LinkedApplication __apps 5 own",
            "RemoteApp __apps 5 own",
            "RemoteApp-Deleted __apps 5 own",
            "SavedAppBuild __apps 5 own",
            "CommCareBuild - 7 shared",
            "Domain __domains 4 name",
            "InvoicePdf - 11 unknown",
            "CommCareAudio - 6 shared",
            "CommCareImage - 6 shared",
            "CommCareVideo - 6 shared",
            "CommCareMultimedia - 6 shared",
            "XFormInstance - 2 own",
            "XFormInstance-Deleted - 2 own",
            "XFormArchived - 2 own",
            "XFormDeprecated - 2 own",
            "XFormDuplicate - 2 own",
            "XFormError - 2 own",
            "SubmissionErrorLog - 2 own",
            "HQSubmission - 2 own",
            "CommCareCase - 0 own",
            "CommCareCase-deleted - 0 own",
            "CommCareCase-Deleted - 0 own",
            "CommCareCase-Deleted-Deleted - 0 own",
            "CaseExportInstance __meta 9 own",
            "FormExportInstance __meta 9 own",
            "SMSExportInstance __meta 9 own",
            "SavedBasicExport - 10 own");

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

    private static Map<String, Object> oldEntry(String id, long length) {
        return Map.of(
                "id",
                id,
                "content_type",
                "text/plain",
                "content_length",
                length,
                "digest",
                "md5-x",
                "doc_type",
                "BlobMeta");
    }

    private static Map<String, Object> document(String type, Object blobs) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("doc_type", type);
        fields.put("domain", "dom");
        fields.put("name", "named");
        fields.put("external_blobs", blobs);
        return fields;
    }

    /** The shard by the hash that PL/Proxy has. */
    private static String shard(String parent, int shards) {
        return "p" + (SipHash.low32(parent) & (Math.max(shards, 1) - 1));
    }

    private MetadataHome home(String name, HqSchema schema, int shards) throws Exception {
        return MetadataHome.make(postgres, couch, name, directory.resolve(name), schema, shards);
    }

    /** A document of every type, with an old entry each; what has to come of them. */
    private static Map<String, String> everyType(MetadataHome home, int shards) throws Exception {
        Map<String, String> rows = new TreeMap<>();
        int number = 0;
        for (String line : TYPES) {
            String[] words = line.split(" ", -1);
            String part = words[1].equals("-") ? "" : words[1];
            String id = String.format("%x-%02d", number * 5 % 16, number);
            number++;
            home.put(part, id, document(words[0], Map.of("blob", oldEntry("ident", number))));
            String domain = switch (words[3]) {
                case "own" -> "dom";
                case "name" -> "named";
                default -> "<" + words[3] + ">";
            };
            rows.put(
                    id + " " + home.name() + part + "/" + id + "/ident",
                    shard(id, shards) + "|" + domain + "|blob|" + words[2] + "|text/plain|" + number + "|null|null");
        }
        return rows;
    }

    @ParameterizedTest
    @EnumSource(HqSchema.class)
    void everyTypeOfDocumentGetsItsRowInEverySchemaOfHqs(HqSchema schema) throws Exception {
        String name = "types" + schema.name().toLowerCase(java.util.Locale.ROOT).replace("_", "");
        MetadataHome home = home(name, schema, 4);
        Map<String, String> expected = everyType(home, 4);

        MetadataHome.Run run = home.migrate();

        assertThat(run.err()).isEmpty();
        assertThat(run.exit()).isZero();
        assertThat(home.rows()).isEqualTo(expected);
        assertThat(home.countOnShards("SELECT count(*) FROM cchq_migrate_blobmeta"))
                .isEqualTo(expected.size());
        assertThat(home.text("SELECT slug FROM blobs_blobmigrationstate")).isEqualTo("migrate_metadata");
    }

    @Test
    void aSecondRunAndOneFromTheBeginningChangeNothing() throws Exception {
        MetadataHome home = home("second", HqSchema.E4, 2);
        everyType(home, 2);
        home.migrate();
        Map<String, String> rows = home.rows();
        long before = home.countOnShards("SELECT coalesce(sum(id), 0) FROM blobs_blobmeta");

        MetadataHome.Run second = home.migrate();
        MetadataHome.Run anew = home.migrate("--reset");

        assertThat(second.exit()).isZero();
        assertThat(second.out()).contains("already processed");
        assertThat(anew.exit()).isZero();
        assertThat(anew.out()).contains("put aside").contains("rows: inserted 0, already there " + TYPES.size());
        assertThat(home.rows()).isEqualTo(rows);
        assertThat(home.countOnShards("SELECT coalesce(sum(id), 0) FROM blobs_blobmeta"))
                .isEqualTo(before);
    }

    @Test
    void entriesAreTakenAsHqTakesThem() throws Exception {
        MetadataHome home = home("entries", HqSchema.E4, 0);
        home.put(
                "",
                "new",
                document(
                        "XFormInstance",
                        Map.of(
                                "form.xml",
                                Map.of("key", "thekey", "content_type", "text/xml", "content_length", 7),
                                "a\tb\\n\n",
                                Map.of("key", "other/key{x}", "doc_type", "BlobMetaRef"),
                                "known",
                                Map.of("key", "hqs", "blobmeta_id", 3))));
        home.put("", "with space", document("CommCareCase", Map.of("x", oldEntry("y", 0))));
        home.put("", "none", document("XFormInstance", Map.of()));
        home.put("", "stranger", document("CommCareUser", Map.of("x", oldEntry("y", 1))));
        home.put("", "nobody", Map.of("doc_type", "XFormError", "external_blobs", Map.of("x", oldEntry("y", 1))));
        home.put(
                "",
                "attached",
                Map.of(
                        "doc_type",
                        "XFormInstance",
                        "domain",
                        "dom",
                        "_attachments",
                        Map.of("form.xml", Map.of("content_type", "text/xml", "data", "AAAA"))));

        MetadataHome.Run run = home.migrate();

        assertThat(run.exit()).isZero();
        Map<String, String> rows = home.rows();
        assertThat(rows)
                .containsEntry("new thekey", "p0|dom|form.xml|2|text/xml|7|null|null")
                .containsEntry("new other/key{x}", "p0|dom|a\tb\\n\n|2|null|0|null|null")
                .containsEntry("nobody entries/nobody/y", "p0|<unknown>|x|2|text/plain|1|null|null")
                .hasSize(4);
        // sha1("with space")
        assertThat(rows.keySet()).anyMatch(key -> key.matches("with space entries/sha1-[0-9a-f]{40}/y"));
        assertThat(run.lines())
                .contains("Error: unknown-domain <BlobHelper XFormError domain=None id=nobody>")
                .contains("Error: ignored-couch-attachments <BlobHelper XFormInstance domain=dom id=attached>");
        List<String> log = new ArrayList<>();
        try (var files = Files.list(home.logs())) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".txt.0")).toList()) {
                log.addAll(Files.readAllLines(file));
            }
        }
        assertThat(log)
                .contains("{\"error\": \"unknown-domain\", \"doc_type\": \"XFormError\", \"doc_id\": \"nobody\"}")
                .anyMatch(line -> line.startsWith("{\"error\": \"ignored-couch-attachments\", \"doc_type\":"
                        + " \"XFormInstance\", \"doc_id\": \"attached\", \"domain\": \"dom\", \"attachments\": {"));
    }

    @Test
    void theSqlModelsAndWhatTheyLookUp() throws Exception {
        MetadataHome home = home("models", HqSchema.E4, 2);
        home.sql("INSERT INTO case_importer_caseuploadfilemeta (id, identifier, length) VALUES (1, 'up1', 11),"
                + " (2, 'up2', 12);"
                + "INSERT INTO case_importer_caseuploadrecord (domain, upload_file_meta_id) VALUES ('updom', 1);"
                + "INSERT INTO ota_demouserrestore (demo_user_id, restore_blob_id, content_length) VALUES"
                + " ('u1', 'r1', 21), ('u2', 'r2', 22), ('', 'r3', 23);"
                + "CREATE TABLE icds_reports_icdsfile (id serial PRIMARY KEY, blob_id varchar(255) NOT NULL);"
                + "INSERT INTO icds_reports_icdsfile (blob_id) VALUES ('icds1');"
                + "INSERT INTO accounting_wireinvoice (id, domain) VALUES (41, 'wired')");
        home.put("__users", "u1", Map.of("doc_type", "CommCareUser", "domain", "userdom"));
        Map<String, Object> wire = document("InvoicePdf", Map.of("i", oldEntry("p", 5)));
        wire.put("is_wire", true);
        wire.put("invoice_id", "41");
        home.put("", "wire", wire);

        MetadataHome.Run run = home.migrate();

        assertThat(run.err()).isEmpty();
        assertThat(run.exit()).isZero();
        assertThat(home.rows())
                .isEqualTo(new TreeMap<>(Map.of(
                        "updom up1",
                        shard("updom", 2) + "|updom||8|null|11|null|null",
                        "None up2",
                        shard("None", 2) + "|<unknown>||8|null|12|null|null",
                        "u1 r1",
                        shard("u1", 2) + "|userdom||14|text/xml|21|null|null",
                        "u2 r2",
                        shard("u2", 2) + "|<unknown>||14|text/xml|22|null|null",
                        "DemoUserRestore r3",
                        shard("DemoUserRestore", 2) + "|<unknown>||14|text/xml|23|null|null",
                        "IcdsFile icds1",
                        shard("IcdsFile", 2) + "|icds-cas||1|null|0|null|null",
                        "wire models/wire/p",
                        shard("wire", 2) + "|wired|i|11|text/plain|5|null|null")));

        home.sql("INSERT INTO icds_reports_icdsfile (blob_id) VALUES ('icds2')");
        assertThat(home.migrate().exit()).isZero();
        assertThat(home.rows()).containsKey("IcdsFile icds2").hasSize(8);
    }

    @Test
    void whatNoRowCanHoldIsToldAndTriedAgain() throws Exception {
        MetadataHome home = home("refused", HqSchema.E4, 0);
        home.put("", "good", document("XFormInstance", Map.of("x", oldEntry("y", 1))));
        String rev = home.put(
                "",
                "bad",
                document("XFormInstance", Map.of("x", Map.of("content_type", "text/xml"), "fine", oldEntry("z", 1))));
        String hash = "sha1-" + "0123456789".repeat(4);
        String hashed = home.put("", hash, document("XFormInstance", Map.of("x", oldEntry("y", 1))));

        MetadataHome.Run run = home.migrate();

        assertThat(run.exit()).isEqualTo(4);
        assertThat(run.out())
                .contains("Error: refused <BlobHelper XFormInstance domain=dom id=bad>: ")
                .contains("id=" + hash + ">: the document's id cannot be told from the hash of another one");
        assertThat(home.rows()).hasSize(1);
        assertThat(home.text("SELECT count(*) FROM blobs_blobmigrationstate")).isEqualTo("0");
        assertThat(home.migrate().exit()).isEqualTo(4);

        Map<String, Object> mended = document("XFormInstance", Map.of("x", oldEntry("y", 1)));
        mended.put("_rev", rev);
        home.put("", "bad", mended);
        couch.delete(home.name(), hash, hashed);

        assertThat(home.migrate().exit()).isZero();
        assertThat(home.rows()).hasSize(2);
        assertThat(home.text("SELECT count(*) FROM blobs_blobmigrationstate")).isEqualTo("1");
    }

    @Test
    void anIdThatIsInTheRecordAlreadyIsTheNewRowsOwn() throws Exception {
        MetadataHome home = home("restored", HqSchema.E4, 0);
        home.put("", "some", document("XFormInstance", Map.of("x", oldEntry("y", 1), "tab\t\\", oldEntry("z", 2))));
        home.sql("CREATE TABLE cchq_migrate_blobmeta (id bigint PRIMARY KEY, digest uuid NOT NULL);"
                + "INSERT INTO cchq_migrate_blobmeta SELECT n, md5('')::uuid FROM generate_series(2, 9) n");

        assertThat(home.migrate().exit()).isZero();

        assertThat(home.rows()).hasSize(2);
        assertThat(home.text("SELECT count(*) FROM blobs_blobmeta b JOIN cchq_migrate_blobmeta r USING (id)"
                        + " WHERE r.digest <> md5('')::uuid AND b.name IN ('x', E'tab\\t\\\\')"))
                .isEqualTo("2");
    }

    @Test
    void whatHasChangedSinceIsMetAgain() throws Exception {
        MetadataHome home = home("changed", HqSchema.E4, 2);
        String gone = home.put("", "gone", document("XFormInstance", Map.of("x", oldEntry("y", 1))));
        String cut =
                home.put("", "cut", document("XFormInstance", Map.of("x", oldEntry("y", 1), "z", oldEntry("zz", 1))));
        home.migrate();
        assertThat(home.rows()).hasSize(3);

        couch.delete(home.name(), "gone", gone);
        Map<String, Object> less = document("XFormInstance", Map.of("x", oldEntry("y", 1)));
        less.put("_rev", cut);
        home.put("", "cut", less);
        home.put("", "made", document("XFormInstance", Map.of("x", oldEntry("y", 1))));
        MetadataHome.Run run = home.migrate();

        assertThat(run.exit()).isZero();
        assertThat(home.rows().keySet()).containsExactly("cut changed/cut/y", "made changed/made/y");
    }

    @Test
    void anotherDatabaseOfTheSameNameIsReadFromItsBeginning() throws Exception {
        int port = new Ports().free();
        MetadataHome home = home("another", HqSchema.E4, 0);
        try (CouchServer first = server("first", port)) {
            home.serveFrom(first);
            home.put("", "before", document("XFormInstance", Map.of("x", oldEntry("y", 1))));
            home.migrate();
        }
        try (CouchServer second = server("second", port)) {
            home.serveFrom(second);
            home.put("", "after", document("XFormInstance", Map.of("x", oldEntry("y", 1))));

            MetadataHome.Run run = home.migrate();

            assertThat(run.err()).isEmpty();
            assertThat(run.exit()).isZero();
            assertThat(run.out()).contains("this is not the database that was read before");
            assertThat(home.rows().keySet()).containsExactly("after another/after/y", "before another/before/y");
        }
    }

    private CouchServer server(String name, int port) throws Exception {
        Path files = Files.createDirectory(directory.resolve(name));
        return CouchServer.startIn(Path.of("").toAbsolutePath(), files, port).orElseThrow();
    }

    @Test
    void optionsOfOtherSlugsAreRefused() throws Exception {
        MetadataHome home = home("options", HqSchema.E4, 0);

        MetadataHome.Run run = home.migrate("--date-range=20180101-20180102", "--settle=3");

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("--date-range has no meaning").contains("--settle has no meaning");
        assertThat(home.migrate("--num-workers=7").lines().get(0))
                .isEqualTo("--num-workers=7 ignored because this migration does not use a worker pool");
    }

    @Test
    void whatIsMissingIsToldAtOnceBeforeAnythingIsChanged() throws Exception {
        MetadataHome home = home("missing", HqSchema.E4, 0);
        home.sql("DROP TABLE ota_demouserrestore; DROP TABLE case_importer_caseuploadrecord");
        home.setting(
                "COUCH_DATABASES",
                Map.of(
                        "default",
                        Map.of(
                                "COUCH_SERVER_ROOT",
                                couch.spec("x").serverRoot(),
                                "COUCH_DATABASE_NAME",
                                "missing",
                                "COUCH_USERNAME",
                                couch.spec("x").user(),
                                "COUCH_PASSWORD",
                                couch.spec("x").password().reveal()),
                        "apps",
                        Map.of(
                                "COUCH_SERVER_ROOT",
                                couch.spec("x").serverRoot(),
                                "COUCH_DATABASE_NAME",
                                "nowhere",
                                "COUCH_USERNAME",
                                couch.spec("x").user(),
                                "COUCH_PASSWORD",
                                couch.spec("x").password().reveal())));

        MetadataHome.Run run = home.migrate();

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err())
                .contains("nowhere: no such database")
                .contains("ota_demouserrestore: no such table")
                .contains("case_importer_caseuploadrecord: no such table");
        assertThat(home.text("SELECT to_regclass('cchq_migrate_blobmeta') IS NULL"))
                .isEqualTo("t");
    }
}
