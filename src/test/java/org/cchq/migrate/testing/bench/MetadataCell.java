package org.cchq.migrate.testing.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.store.document.CouchSpec;
import org.cchq.migrate.testing.CouchServer;
import org.cchq.migrate.testing.HqSchema;
import org.cchq.migrate.testing.MetadataHome;
import org.cchq.migrate.testing.PostgresServer;
import org.cchq.migrate.testing.bench.CellResult.Line;
import org.cchq.migrate.testing.bench.CellResult.Round;
import org.cchq.migrate.testing.bench.CellResult.Target;
import org.cchq.migrate.testing.metadata.MetadataEstate;

/**
 * {@code migrate_metadata} from a pouchdb-server to PostgreSQL with four shards, beside the bare limit: the same documents read
 * from the same server, three requests at a time, and thrown away.
 */
final class MetadataCell {
    private static final String NAME = "commcarehq";
    private static final List<String> PARTS = List.of("", "__apps", "__domains", "__meta");
    private static final List<String> BOUNDS = List.of("", "2", "4", "6", "8", "a", "c", "e", "\ufff0");
    private static final Pattern LAST_ID = Pattern.compile("\"id\":(\"(?:[^\"\\\\]|\\\\.)*\"),\"key\":");
    private static final int PAGE = 1000;
    private static final int AT_ONCE = 3;
    /** As printed in the procedure that HQ's users followed: 2,000 documents in 9.4 s. */
    private static final double OF_HQ = 212;

    private static final Duration LIMIT = Duration.ofMinutes(20);

    private final Path agentJar;
    private final Path checkout;
    private final List<String> jvm;
    private final int count;
    private final int rounds;
    private final HttpClient client = HttpClient.newHttpClient();

    MetadataCell(Path agentJar, List<String> jvm, int count, int rounds) {
        this.agentJar = agentJar.toAbsolutePath();
        this.checkout = this.agentJar.getParent().getParent();
        this.jvm = List.copyOf(jvm);
        this.count = count;
        this.rounds = rounds;
    }

    CellResult run(String name) throws Exception {
        Path directory = Files.createTempDirectory("bench-metadata-");
        try (PostgresServer postgres = PostgresServer.start();
                CouchServer couch = BenchDocuments.server(checkout, directory.resolve("couch"))) {
            Workbench.say("making " + count + " documents");
            MetadataHome home = MetadataHome.make(postgres, couch, NAME, directory.resolve("home"), HqSchema.E4, 4);
            long blobs = new MetadataEstate(couch, NAME, home::sql, 1).make(count);
            Path settings = Files.createFile(
                    directory.resolve("settings.json"),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(settings, Json.write(home.settings()));
            List<Round> ours = new ArrayList<>();
            List<Round> limit = new ArrayList<>();
            long bytes = 0;
            ClassData classes = new ClassData(agentJar, jvm, directory);
            agent(settings, Files.createDirectory(directory.resolve("first")), classes.naming());
            empty(home);
            List<String> classData = classes.archived();
            for (int round = 0; round < rounds; round++) {
                ours.add(agent(settings, Files.createDirectory(directory.resolve("run-" + round)), classData));
                long rows = home.countOnShards("SELECT count(*) FROM blobs_blobmeta");
                if (rows < blobs * 9 / 10) {
                    throw new IOException(rows + " rows of " + blobs + " blobs");
                }
                empty(home);
                long began = System.nanoTime();
                bytes = readAll(couch);
                limit.add(new Round((System.nanoTime() - began) / 1e9, 0, 0, 0));
            }
            return result(name, new ObjectSet(name, count, (int) (bytes / count)), ours, limit);
        } finally {
            BenchDocuments.remove(directory);
        }
    }

    private static void empty(MetadataHome home) throws Exception {
        home.onShards("TRUNCATE blobs_blobmeta; DROP TABLE cchq_migrate_blobmeta");
        home.sql("DELETE FROM blobs_blobmigrationstate; DROP TABLE IF EXISTS cchq_migrate_completion");
    }

    private CellResult result(String name, ObjectSet documents, List<Round> ours, List<Round> limit) {
        List<Line> lines = List.of(new Line("cchq-migrate", documents, ours), new Line("limit", documents, limit));
        double rate = lines.get(0).objectsPerSecond();
        return new CellResult(
                name,
                String.format(Locale.ROOT, "%,d documents of every type, four shards", count),
                lines,
                List.of(
                        Target.atLeast("documents/s, times HQ's 212", rate / OF_HQ, 25),
                        Target.atLeast("of the bare limit", rate / lines.get(1).objectsPerSecond(), 0.6)),
                List.of("the limit reads with include_docs, in this process, and looks for nothing but the next page"));
    }

    private Round agent(Path settings, Path run, List<String> classData) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.addAll(classData);
        command.addAll(List.of(
                "-Xmx256m",
                "-jar",
                agentJar.toString(),
                "run_blob_migration",
                "migrate_metadata",
                "--chunk-size=1000",
                "--log-dir=" + run,
                "--settings=" + settings));
        return Round.of(Child.run(command, Map.of(), run.resolve("out"), LIMIT), 0);
    }

    /** Every document of every database; the number of bytes. */
    private long readAll(CouchServer couch) throws Exception {
        ExecutorService readers = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<Long>> ranges = new ArrayList<>();
            for (String part : PARTS) {
                CouchSpec spec = couch.spec(NAME + part);
                for (int i = 0; i + 1 < BOUNDS.size(); i++) {
                    String from = BOUNDS.get(i);
                    String to = BOUNDS.get(i + 1);
                    ranges.add(readers.submit(() -> read(spec, from, to)));
                }
            }
            long bytes = 0;
            for (Future<Long> range : ranges) {
                bytes += range.get();
            }
            return bytes;
        } finally {
            readers.shutdownNow();
        }
    }

    private long read(CouchSpec spec, String from, String to) throws IOException, InterruptedException {
        long bytes = 0;
        Optional<String> start = Optional.of(Json.write(from));
        while (start.isPresent()) {
            String query = "_all_docs?include_docs=true&inclusive_end=false&limit=" + PAGE + "&startkey="
                    + encode(start.get()) + "&endkey=" + encode(Json.write(to)) + (bytes > 0 ? "&skip=1" : "");
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create(spec.server() + spec.database() + "/" + query));
            if (!spec.user().isEmpty()) {
                String account = spec.user() + ":" + spec.password().reveal();
                request.header(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(account.getBytes(StandardCharsets.UTF_8)));
            }
            HttpResponse<InputStream> answer = client.send(request.build(), BodyHandlers.ofInputStream());
            byte[] body;
            try (InputStream in = answer.body()) {
                body = in.readAllBytes();
            }
            if (answer.statusCode() != 200) {
                throw new IOException("_all_docs answered " + answer.statusCode());
            }
            bytes += body.length;
            start = lastId(body);
        }
        return bytes;
    }

    /** Of a full page; the row's own id stands before its document, near the end. */
    private static Optional<String> lastId(byte[] body) {
        int from = Math.max(0, body.length - 20_000);
        Matcher ids = LAST_ID.matcher(new String(body, from, body.length - from, StandardCharsets.UTF_8));
        Optional<String> last = Optional.empty();
        while (ids.find()) {
            last = Optional.of(ids.group(1));
        }
        return last;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
