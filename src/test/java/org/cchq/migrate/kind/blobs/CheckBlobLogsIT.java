package org.cchq.migrate.kind.blobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.hq.CouchDatabases;
import org.cchq.migrate.hq.ShardMap;
import org.cchq.migrate.store.blob.FileSystemBlobStore;
import org.cchq.migrate.testing.CouchServer;
import org.cchq.migrate.testing.HqSchema;
import org.cchq.migrate.testing.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckBlobLogsIT {
    private static PostgresServer postgres;
    private static CouchServer couch;
    private static BlobMetaTable rows;
    private static CouchDatabases documents;

    @TempDir
    Path directory;

    private final List<String> output = new ArrayList<>();
    private Path source;
    private Path target;

    @BeforeAll
    static void start() throws Exception {
        postgres = PostgresServer.start();
        couch = CouchServer.start();
        postgres.createDatabase("hq", HqSchema.E4);
        rows = BlobMetaTable.open(ShardMap.unpartitioned(postgres.spec("default", "hq")), 4);
        couch.createDatabase("hq");
        couch.createDatabase("hq__apps");
        couch.createDatabase("hq__meta");
        documents = new CouchDatabases(Map.of("default", couch.spec("hq")));
        couch.put(
                "hq__apps",
                "app1",
                "{\"external_blobs\": {\"old name\": {\"id\": \"id.1\", \"content_type\": null},"
                        + " \"new\": {\"key\": \"app-key\", \"doc_type\": \"BlobMetaRef\", \"content_length\": 7}}}");
        couch.put("hq", "pic1", "{\"external_blobs\": {}}");
        Instant now = Instant.parse("2019-01-09T00:00:00Z");
        postgres.insertBlob("hq", "form1", "lost-form", 2, now, 10);
        postgres.insertBlob("hq", "form2", "deleted-form", 2, now, 10);
        postgres.text("hq", "SELECT delete_blob_meta('deleted-form')");
    }

    @AfterAll
    static void stop() throws Exception {
        rows.close();
        couch.close();
        postgres.close();
    }

    @BeforeEach
    void stores() throws Exception {
        source = Files.createDirectory(directory.resolve("old"));
        target = Files.createDirectory(directory.resolve("new"));
    }

    @Test
    void printsHqsLinesAndBlocks() throws Exception {
        Files.writeString(target.resolve("in-new"), "a");
        Files.writeString(source.resolve("in-old"), "b");
        Path log = log(
                record("in-new", 2, "form0"),
                record("in-old", 3, "form0"),
                record("tmp", 1, "x"),
                record("app-key", 5, "app1"),
                record("hq__apps/app1/id.1", 5, "app1"),
                record("unnamed", 6, "pic1"),
                record("lost-form", 2, "form1"),
                record("export", 9, "no-such-export"),
                record("who", 99, "x"),
                "{\"blob_key\": \"cut off");

        CheckBlobLogsResult result = run(false, log);

        assertThat(output)
                .startsWith("Processing " + log)
                .contains(
                        "CTRL+C to abort",
                        "('Ignore {}', '{\"blob_key\": \"cut off\\n')",
                        "Found in old db: in-old",
                        "Missing: " + record("tmp", 1, "x"),
                        "Missing: " + record("app-key", 5, "app1")
                                + " blob info: 'new': {'key': 'app-key', 'doc_type': 'BlobMetaRef', 'content_length': 7}",
                        "Missing: " + record("hq__apps/app1/id.1", 5, "app1")
                                + " blob info: 'old name': {'id': 'id.1', 'content_type': None}",
                        "Not referenced: " + record("unnamed", 6, "pic1"),
                        "Not referenced: " + record("lost-form", 2, "form1") + " doc not found",
                        "Not referenced: " + record("export", 9, "no-such-export") + " doc not found")
                .containsSequence(
                        "Ignored 1 malformed records",
                        "tempfile: checked 1 records",
                        "  Found in new db: 0",
                        "  Found in old db: 0",
                        "  Not referenced: 0",
                        "  Not found: 1",
                        "XFormInstance: checked 2 records",
                        "  Found in new db: 1",
                        "  Found in old db: 0",
                        "  Not referenced: 1",
                        "  Not found: 0",
                        "XFormInstance: checked 1 records",
                        "  Found in new db: 0",
                        "  Found in old db: 1",
                        "  Not referenced: 0",
                        "  Not found: 0",
                        "Application: checked 2 records",
                        "  Found in new db: 0",
                        "  Found in old db: 0",
                        "  Not referenced: 0",
                        "  Not found: 2",
                        "CommCareMultimedia: checked 1 records")
                .contains("CaseExportInstance: checked 1 records", "type_code 99: checked 1 records");
        assertThat(result.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
        assertThat(Files.exists(target.resolve("in-old"))).isFalse();
    }

    /** HQ calls a lost form "Not referenced", because forms are not in CouchDB any more. */
    @Test
    void saysThatANotReferencedFormIsLostWhileItsRowIsThere() throws Exception {
        CheckBlobLogsResult result = run(
                false, log(record("lost-form", 2, "form1"), record("deleted-form", 2, "form2"), record("n", 2, "f")));

        CheckBlobLogsResult.TypeCounts forms = result.types().get(2L);
        assertThat(forms.notReferenced()).isEqualTo(3);
        assertThat(forms.lostWithRow()).isEqualTo(1);
        assertThat(forms.deleted()).isEqualTo(1);
        assertThat(forms.unexplained()).isEqualTo(1);
        assertThat(output)
                .contains("  Lost, metadata row still there: 1", "1 lost")
                .as("classes that nothing is in are left out of this section")
                .noneMatch(
                        line -> line.startsWith("  Lost, only its document") || line.startsWith("  Parent could not"))
                .anyMatch(line -> line.startsWith("Lost: " + record("lost-form", 2, "form1") + " blob metadata row "));
        assertThat(result.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
        assertThat(result.toJson()).containsEntry("lost", 1L);
    }

    @Test
    void migratesWhatOnlyTheOldStoreHas() throws Exception {
        Files.createDirectory(source.resolve("dir"));
        Files.writeString(source.resolve("dir/b"), "stored bytes");
        Path log = log(record("dir/b", 3, "f"), record("dir/b", 3, "f"));

        CheckBlobLogsResult result = run(true, log);

        assertThat(Files.readString(target.resolve("dir/b"))).isEqualTo("stored bytes");
        assertThat(output).contains("Migrated from old db: dir/b").doesNotContain("Found in old db: dir/b");
        CheckBlobLogsResult.TypeCounts counts = result.types().get(3L);
        assertThat(counts.foundInOld() + counts.foundInNew()).isEqualTo(2);
        assertThat(result.exitCode()).isEqualTo(ExitCode.SUCCESS);
        assertThat(output)
                .endsWith(
                        "Beyond the above: what blob metadata, deletions and documents say of blobs in neither db",
                        "Nothing lost.");
    }

    @Test
    void anInterruptedCheckDoesNotCallLostBlobsFound() throws Exception {
        Thread running = Thread.currentThread();
        CheckBlobLogs command = new CheckBlobLogs(
                new FileSystemBlobStore(target),
                new FileSystemBlobStore(source),
                rows,
                documents,
                Sleeper.SYSTEM,
                line -> {
                    output.add(line);
                    if (line.startsWith("Not referenced: {")) {
                        running.interrupt();
                    }
                },
                (key, what) -> {});

        CheckBlobLogsResult result = command.run(List.of(log(record("lost-form", 2, "form1"))), false, 1);

        assertThat(result.exitCode()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(result.notLookedUp()).isEqualTo(1);
        assertThat(output)
                .contains("Ended before all records were checked; what follows counts only those that were.")
                .endsWith(
                        "Blobs in neither db that were not looked up any more: 1",
                        "Whether anything is lost is not known.");
    }

    @Test
    void explainsRecordsThatCannotBeChecked() throws Exception {
        CheckBlobLogsResult result = run(
                false,
                log(
                        "{\"doc_type\": \"Application\", \"doc_id\": \"a\", \"blob_identifier\": \"i\", \"blob_bucket\":"
                                + " \"b\", \"error\": \"not found\"}",
                        "{\"blob_key\": \"k\"}",
                        "{\"blob_key\": \"k\", \"type_code\": 2}",
                        "7",
                        ""));

        assertThat(result.notChecked()).isEqualTo(4);
        assertThat(result.malformed()).isEqualTo(1);
        assertThat(output)
                .anyMatch(line -> line.contains("before the blob metadata"))
                .contains("('Ignore {}', '\\n')", "Nothing lost among the records that were checked.");
        assertThat(result.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    }

    @Test
    void namesEveryFileThatCannotBeReadBeforeItBegins() throws Exception {
        Path log = log(record("tmp", 1, "x"));

        assertThatThrownBy(() -> run(false, log, directory, directory.resolve("none")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(directory + ": is a directory")
                .hasMessageContaining("none: no such file");
        assertThat(output).isEmpty();
    }

    @Test
    void readsLinesAsPythonDoes() throws Exception {
        Path file = directory.resolve("lines");
        Files.write(file, "a\r\nb\rc\n\n\u00e9".getBytes(StandardCharsets.UTF_8));
        List<String> lines = new ArrayList<>();
        try (LogLines read = new LogLines(file)) {
            for (var line = read.next(); line.isPresent(); line = read.next()) {
                lines.add(line.get().text());
            }
        }

        assertThat(lines).containsExactly("a\n", "b\n", "c\n", "\n", "\u00e9");
    }

    @Test
    void neverTakesAMissingCouchDatabaseForMissingDocuments() throws Exception {
        documents = new CouchDatabases(Map.of("default", couch.spec("typo")));
        try {
            CheckBlobLogsResult result = run(false, log(record("lost-form", 2, "form1"), record("n", 2, "f")));

            assertThat(result.types().get(2L).notReferenced()).isZero();
            assertThat(result.types().get(2L).lostWithRow()).isEqualTo(1);
            assertThat(result.types().get(2L).parentNotAsked()).isEqualTo(1);
            assertThat(result.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
        } finally {
            documents = new CouchDatabases(Map.of("default", couch.spec("hq")));
        }
    }

    @Test
    void endsWithTheCountsSoFarWhenTheDatabaseIsGone() throws Exception {
        postgres.createDatabase("gone", HqSchema.E4);
        BlobMetaTable gone = BlobMetaTable.open(ShardMap.unpartitioned(postgres.spec("default", "gone")), 1);
        postgres.execute("gone", "DROP TABLE blobs_blobmeta");
        CheckBlobLogs command = new CheckBlobLogs(
                new FileSystemBlobStore(target),
                new FileSystemBlobStore(source),
                gone,
                documents,
                pause -> {},
                output::add,
                (key, what) -> {});
        Path log = log(record("tmp", 1, "x"));

        assertThatThrownBy(() -> command.run(List.of(log), false, 2))
                .isInstanceOf(EndpointException.class)
                .hasMessageContaining("blobs_blobmeta");
        assertThat(output).contains("tempfile: checked 1 records", "  Not found: 1");
        gone.close();
    }

    private CheckBlobLogsResult run(boolean migrate, Path... logs) throws UserException, EndpointException {
        CheckBlobLogs command = new CheckBlobLogs(
                new FileSystemBlobStore(target),
                new FileSystemBlobStore(source),
                rows,
                documents,
                Sleeper.SYSTEM,
                output::add,
                (key, what) -> {});
        return command.run(List.of(logs), migrate, 4);
    }

    private Path log(String... lines) throws Exception {
        return Files.writeString(directory.resolve("log.txt"), String.join("\n", lines) + "\n");
    }

    private static String record(String key, int typeCode, String parentId) {
        return "{\"blobmeta_id\": 1, \"domain\": \"demo\", \"type_code\": " + typeCode + ", \"parent_id\": \""
                + parentId + "\", \"blob_key\": \"" + key + "\", \"error\": \"not found\"}";
    }
}
