package org.cchq.migrate.testing.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.store.document.CouchDatabase;
import org.cchq.migrate.store.document.CouchSpec;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.testing.CouchServer;
import org.cchq.migrate.testing.Ports;
import org.jspecify.annotations.Nullable;

/**
 * What the cells of document migrations have in common: servers, documents of types that move with histories of one to four
 * revisions, each 10th with an attachment, each 50th with a conflict, and the agent that moves them.
 */
record BenchDocuments(int count) {
    private static final List<String> TYPES = List.of("Group", "UserRole", "CommCareUser", "WebUser", "Invitation");
    private static final int TOGETHER = 500;
    private static final int ATTACHED = 2048;

    static CouchServer server(Path checkout, Path directory) throws Exception {
        Files.createDirectory(directory);
        return CouchServer.startIn(checkout, directory, new Ports().free())
                .orElseThrow(() -> new IOException("pouchdb-server is not installed: bin/setup bench"));
    }

    /** Makes them, and HQ's view over them; their size as JSON. */
    long fill(CouchDatabase database) throws Exception {
        database.create();
        String map = "function(doc) { emit([doc.doc_type, doc._id], null); }";
        database.edit(List.of(new Document(new LinkedHashMap<>(Map.of(
                "_id", "_design/all_docs", "views", Map.of("by_doc_type", Map.of("map", map, "reduce", "_count")))))));
        Random random = new Random(1);
        List<Document> batch = new ArrayList<>();
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            Document document = document(i, random);
            bytes += Json.writeBytes(document.fields()).length;
            batch.add(document);
            if (i % 50 == 49) {
                batch.add(conflict(document));
            }
            if (batch.size() >= TOGETHER || i == count - 1) {
                if (!database.store(batch).isEmpty()) {
                    throw new IOException("documents were refused");
                }
                batch.clear();
            }
        }
        // HQ's view is there and built.
        database.view("all_docs", "by_doc_type", Map.of("limit", 1, "reduce", false));
        return bytes;
    }

    private static Document document(int number, Random random) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        int generation = 1 + number % 4;
        List<String> path = new ArrayList<>();
        for (int i = 0; i < generation; i++) {
            path.add(String.format(Locale.ROOT, "%016x%016x", random.nextLong(), random.nextLong()));
        }
        fields.put("_id", String.format(Locale.ROOT, "%016x%016x", random.nextLong(), random.nextLong()));
        fields.put("_rev", generation + "-" + path.get(0));
        fields.put("_revisions", Map.of("start", generation, "ids", path));
        fields.put("doc_type", TYPES.get(number % TYPES.size()));
        fields.put("domain", "demo-" + number % 40);
        fields.put("name", "n" + number);
        fields.put("description", Long.toString(random.nextLong(), 36).repeat(40));
        if (number % 10 == 0) {
            byte[] content = new byte[ATTACHED];
            random.nextBytes(content);
            fields.put(
                    "_attachments",
                    Map.of(
                            "a.bin",
                            Map.of(
                                    "content_type",
                                    "application/octet-stream",
                                    "data",
                                    Base64.getEncoder().encodeToString(content))));
        }
        return new Document(fields);
    }

    /** A leaf that loses against the document's. */
    private static Document conflict(Document document) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>(document.fields());
        String hash = "0".repeat(32);
        fields.remove("_attachments");
        fields.put("_rev", "1-" + hash);
        fields.put("_revisions", Map.of("start", 1, "ids", List.of(hash)));
        return new Document(fields);
    }

    /** The agent's command line, with 256 MiB of heap. */
    List<String> agent(
            Path jar, List<String> jvm, String slug, CouchSpec source, CouchSpec target, Path run, String phase)
            throws IOException {
        Map<String, Object> settings = Map.of(
                "COUCH_DATABASES",
                Map.of("default", entry(source), "users", entry(target)),
                "DOCTYPE_MIGRATIONS",
                Map.of(slug, Map.of("target", "users", "doc_types", TYPES)));
        Path file = run.resolve("settings.json");
        if (!Files.exists(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, Json.write(settings));
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.addAll(List.of(
                "-Xmx256m",
                "-jar",
                jar.toString(),
                "run_doctype_migration",
                slug,
                phase,
                "--settings=" + file,
                "--state-dir=" + run.resolve("state")));
        return command;
    }

    private static Map<String, Object> entry(CouchSpec spec) {
        return Map.of(
                "COUCH_HTTPS",
                spec.https(),
                "COUCH_SERVER_ROOT",
                spec.serverRoot(),
                "COUCH_USERNAME",
                spec.user(),
                "COUCH_PASSWORD",
                spec.password().reveal(),
                "COUCH_DATABASE_NAME",
                spec.database());
    }

    static void remove(Path path) throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
