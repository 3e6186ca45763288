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
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.store.document.CouchDatabase;
import org.cchq.migrate.store.document.CouchSpec;
import org.cchq.migrate.testing.CouchServer;
import org.cchq.migrate.testing.bench.CellResult.Line;
import org.cchq.migrate.testing.bench.CellResult.Round;
import org.cchq.migrate.testing.bench.CellResult.Target;

/**
 * The first copy of a document migration from one pouchdb-server to another, beside couchbackup piped into couchrestore and
 * the source server's own {@code _replicate}, in turns. All documents are of the types that move, so that the three carry
 * the same; each 10th has an attachment, each 50th a conflict.
 */
final class DoctypeCell {
    private static final String OURS = "cchq-migrate";
    private static final String BACKUP = "couchbackup";
    private static final String REPLICATE = "_replicate";
    private static final Duration LIMIT = Duration.ofMinutes(20);

    private final Path agentJar;
    private final Path checkout;
    private final List<String> jvm;
    private List<String> classData = List.of();
    private final int count;
    private final int rounds;
    private final BenchDocuments documents;
    private final HttpClient client = HttpClient.newHttpClient();

    DoctypeCell(Path agentJar, List<String> jvm, int count, int rounds) {
        this.agentJar = agentJar.toAbsolutePath();
        this.checkout = this.agentJar.getParent().getParent();
        this.jvm = List.copyOf(jvm);
        this.count = count;
        this.rounds = rounds;
        this.documents = new BenchDocuments(count);
    }

    CellResult run(String name) throws Exception {
        Path directory = Files.createTempDirectory("bench-doctype-");
        try (CouchServer source = BenchDocuments.server(checkout, directory.resolve("source"));
                CouchServer target = BenchDocuments.server(checkout, directory.resolve("target"))) {
            Workbench.say("making " + count + " documents");
            long bytes = documents.fill(new CouchDatabase(source.spec("hq")));
            ObjectSet objects = new ObjectSet(name, count, (int) (bytes / count));
            Map<String, List<Round>> found = new LinkedHashMap<>();
            ClassData classes = new ClassData(agentJar, jvm, directory);
            classData = classes.naming();
            CouchDatabase first = new CouchDatabase(target.spec("first"));
            agent(source.spec("hq"), first, directory.resolve("agent-first"), rounds);
            first.drop();
            classData = classes.archived();
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
            return result(name, objects, found);
        } finally {
            BenchDocuments.remove(directory);
        }
    }

    private CellResult result(String name, ObjectSet objects, Map<String, List<Round>> found) {
        List<Line> lines = new ArrayList<>();
        found.forEach((who, measured) -> lines.add(new Line(who, objects, measured)));
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

    private Round once(String who, CouchSpec source, CouchDatabase target, Path directory, int round) throws Exception {
        return switch (who) {
            case OURS -> agent(source, target, directory.resolve("agent-" + round), round);
            case BACKUP -> couchbackup(source, target, directory.resolve("couchbackup.out"));
            default -> replicate(source, target);
        };
    }

    private Round agent(CouchSpec source, CouchDatabase target, Path run, int round) throws Exception {
        Files.createDirectory(run);
        List<String> options = Stream.concat(jvm.stream(), classData.stream()).toList();
        List<String> command =
                documents.agent(agentJar, options, "bench-" + round, source, target.spec(), run, "--initial");
        return Round.of(Child.run(command, Map.of(), run.resolve("out"), LIMIT), 0);
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
}
