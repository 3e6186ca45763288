package org.cchq.migrate.testing.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
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
import org.cchq.migrate.testing.bench.CellResult.Line;
import org.cchq.migrate.testing.bench.CellResult.Round;
import org.cchq.migrate.testing.bench.CellResult.Target;
import org.jspecify.annotations.Nullable;

/**
 * The first copy of a document migration from one pouchdb-server to another, beside couchbackup piped into couchrestore and
 * the source server's own {@code _replicate}, in turns. All documents are of the types that move, so that the three carry
 * the same; each 10th has an attachment, each 50th a conflict.
 */
final class DoctypeCell {
    private static final List<String> TYPES = List.of("Group", "UserRole", "CommCareUser", "WebUser", "Invitation");
    private static final String OURS = "cchq-migrate";
    private static final String BACKUP = "couchbackup";
    private static final String REPLICATE = "_replicate";
    private static final int TOGETHER = 500;
    private static final int ATTACHED = 2048;
    private static final Duration LIMIT = Duration.ofMinutes(20);

    private final Path agentJar;
    private final Path checkout;
    private final List<String> jvm;
    private final int count;
    private final int rounds;
    private final HttpClient client = HttpClient.newHttpClient();

    DoctypeCell(Path agentJar, List<String> jvm, int count, int rounds) {
        this.agentJar = agentJar.toAbsolutePath();
        this.checkout = this.agentJar.getParent().getParent();
        this.jvm = List.copyOf(jvm);
        this.count = count;
        this.rounds = rounds;
    }

    CellResult run(String name) throws Exception {
        Path directory = Files.createTempDirectory("bench-doctype-");
        try (CouchServer source = server(directory.resolve("source"));
                CouchServer target = server(directory.resolve("target"))) {
            Workbench.say("making " + count + " documents");
            long bytes = fill(new CouchDatabase(source.spec("hq")));
            ObjectSet documents = new ObjectSet(name, count, (int) (bytes / count));
            Map<String, List<Round>> found = new LinkedHashMap<>();
            for (int round = 0; round < rounds; round++) {
                for (String who : List.of(OURS, BACKUP, REPLICATE)) {
                    CouchDatabase database =
                            new CouchDatabase(target.spec("t" + round + "-" + who.replaceAll("\\W", "")));
                    Round measured = once(who, source.spec("hq"), database, directory, round);
                    expectAll(who, database);
                    database.drop();
                    found.computeIfAbsent(who, key -> new ArrayList<>()).add(measured);
                    Workbench.say(
                            String.format(Locale.ROOT, "  %-14s %.0f documents/s", who, count / measured.seconds()));
                }
            }
            return result(name, documents, found);
        } finally {
            remove(directory);
        }
    }

    private CellResult result(String name, ObjectSet documents, Map<String, List<Round>> found) {
        List<Line> lines = new ArrayList<>();
        found.forEach((who, measured) -> lines.add(new Line(who, documents, measured)));
        double ours = lines.get(0).objectsPerSecond();
        return new CellResult(
                name,
                String.format(Locale.ROOT, "%,d documents with histories, attachments and conflicts", count),
                lines,
                List.of(
                        Target.atLeast(
                                "documents/s, times couchbackup's",
                                ours / lines.get(1).objectsPerSecond(),
                                1.2),
                        Target.atLeast(
                                "documents/s, times _replicate's",
                                ours / lines.get(2).objectsPerSecond(),
                                2)),
                List.of(
                        "couchbackup leaves conflicts out; _replicate works inside of the server: its CPU and memory are not"
                                + " counted"));
    }

    private CouchServer server(Path directory) throws Exception {
        Files.createDirectory(directory);
        return CouchServer.startIn(checkout, directory, new Ports().free())
                .orElseThrow(() -> new IOException("pouchdb-server is not installed: bin/setup bench"));
    }

    private long fill(CouchDatabase database) throws Exception {
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

    private Round once(String who, CouchSpec source, CouchDatabase target, Path directory, int round) throws Exception {
        return switch (who) {
            case OURS -> agent(source, target, directory.resolve("agent-" + round), round);
            case BACKUP -> couchbackup(source, target, directory.resolve("couchbackup.out"));
            default -> replicate(source, target);
        };
    }

    private Round agent(CouchSpec source, CouchDatabase target, Path run, int round) throws Exception {
        Files.createDirectory(run);
        String slug = "bench-" + round;
        Map<String, Object> settings = Map.of(
                "COUCH_DATABASES",
                Map.of("default", entry(source), "users", entry(target.spec())),
                "DOCTYPE_MIGRATIONS",
                Map.of(slug, Map.of("target", "users", "doc_types", TYPES)));
        Path file = Files.createFile(
                run.resolve("settings.json"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, Json.write(settings));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.addAll(List.of(
                "-Xmx256m",
                "-jar",
                agentJar.toString(),
                "run_doctype_migration",
                slug,
                "--initial",
                "--settings=" + file,
                "--state-dir=" + run.resolve("state")));
        return Round.of(Child.run(command, Map.of(), run.resolve("out"), LIMIT), 0);
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

    private Round couchbackup(CouchSpec source, CouchDatabase target, Path output) throws Exception {
        Path modules = checkout.resolve("target/couchbackup/node_modules");
        Path programs = modules.resolve("@cloudant/couchbackup/bin");
        if (!Files.exists(programs)) {
            throw new IOException("couchbackup is not installed: bin/bench doctype does it");
        }
        target.create();
        String node = "node -r '" + checkout.resolve("src/test/couchdb/couchbackup.cjs") + "' '" + programs + "/";
        String line = "set -o pipefail; " + node + "couchbackup.bin.js' -q --attachments -u " + source.server() + " -d "
                + source.database() + " | " + node + "couchrestore.bin.js' -q --attachments -u "
                + target.spec().server() + " -d " + target.spec().database();
        Map<String, String> environment =
                Map.of("COUCHBACKUP_SDK", modules.resolve("@ibm-cloud/cloudant").toString());
        return Round.of(Child.run(List.of("bash", "-c", line), environment, output, LIMIT), 0);
    }

    private Round replicate(CouchSpec source, CouchDatabase target) throws Exception {
        String body = Json.write(Map.of(
                "source",
                source.database(),
                "target",
                target.spec().server() + target.spec().database(),
                "create_target",
                true));
        target.create();
        HttpRequest request = HttpRequest.newBuilder(URI.create(source.server() + "_replicate"))
                .header("Content-Type", "application/json")
                .timeout(LIMIT)
                .POST(BodyPublishers.ofString(body))
                .build();
        long start = System.nanoTime();
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        double seconds = (System.nanoTime() - start) / 1e9;
        if (response.statusCode() != 200) {
            throw new IOException("_replicate answered " + response.statusCode());
        }
        return new Round(seconds, 0, 0, 0);
    }

    private void expectAll(String who, CouchDatabase target) throws Exception {
        long there = target.info().documents();
        // The two others bring the design document too.
        long expected = who.equals(OURS) ? count : count + 1;
        if (there < expected) {
            throw new IOException(who + " left " + there + " of " + expected + " documents");
        }
    }

    private static void remove(Path path) throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
