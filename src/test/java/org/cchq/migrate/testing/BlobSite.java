package org.cchq.migrate.testing;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.cchq.migrate.agent.AgentContext;
import org.cchq.migrate.agent.AgentMain;
import org.cchq.migrate.agent.StopRequest;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.engine.RetryPolicy;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.store.blob.BlobInfo;
import org.cchq.migrate.store.blob.S3BlobStore;
import org.cchq.migrate.store.blob.S3Settings;
import org.cchq.migrate.store.blob.S3Tuning;
import org.cchq.migrate.store.blob.StoredBlob;

/** A small site in its dual stage: an old and a new S3 server, and two shards of rows; and the agent to run on it. */
public final class BlobSite implements AutoCloseable {
    public static final String BUCKET = "blobdb";
    /** Shard databases, by alias. */
    public static final List<String> SHARDS = List.of("p1", "p2");

    private static final Instant CREATED = Instant.parse("2020-01-01T00:00:00Z");

    private final PostgresServer postgres;
    private final S3ProxyServer oldServer;
    private final S3ProxyServer newServer;
    private final Path directory;
    private RetryPolicy retry = RetryPolicy.DEFAULT;

    private BlobSite(PostgresServer postgres, S3ProxyServer oldServer, S3ProxyServer newServer, Path directory) {
        this.postgres = postgres;
        this.oldServer = oldServer;
        this.newServer = newServer;
        this.directory = directory;
    }

    /** What one run of the agent left behind. */
    public record Run(int exit, String out, String err) {
        /** The last event of a run with {@code --output json}. */
        public Map<?, ?> ended() throws Exception {
            String last = out.lines().reduce((first, second) -> second).orElseThrow();
            return Json.readObject(last, "ended");
        }

        /** A count of the pass. */
        public long count(String name) throws Exception {
            return ((Number) ((Map<?, ?>) ended().get("counts")).get(name)).longValue();
        }
    }

    /** @param directory for logs and ledgers */
    public static BlobSite start(Path directory) throws Exception {
        PostgresServer postgres = PostgresServer.start();
        postgres.createDatabase("commcarehq", HqSchema.E4);
        for (String shard : SHARDS) {
            postgres.createDatabase(shard, HqSchema.E4);
        }
        return new BlobSite(
                postgres, S3ProxyServer.start(BUCKET), S3ProxyServer.start(BUCKET), Files.createDirectories(directory));
    }

    public PostgresServer postgres() {
        return postgres;
    }

    public S3ProxyServer oldServer() {
        return oldServer;
    }

    public S3ProxyServer newServer() {
        return newServer;
    }

    public Path directory() {
        return directory;
    }

    /** Has the agent try again in another way than by default, in this JVM. */
    public void retry(RetryPolicy policy) {
        retry = policy;
    }

    /** A row and its blob in the old store. */
    public long add(String shard, String key, byte[] bytes) throws Exception {
        put(oldServer, key, bytes);
        return addRow(shard, key, 1, bytes.length);
    }

    /** Rows and their blobs in the old store, in turns over the shards; key and bytes are made from a number. */
    public Map<String, byte[]> plant(int count, IntFunction<String> key, IntFunction<byte[]> bytes) throws Exception {
        Map<String, byte[]> blobs = new LinkedHashMap<>();
        try (S3BlobStore store = store(oldServer)) {
            store.probeTarget();
            for (int i = 0; i < count; i++) {
                byte[] made = bytes.apply(i);
                try (MadeBlob blob = MadeBlob.of(made)) {
                    store.putIfAbsent(key.apply(i), blob);
                }
                addRow(SHARDS.get(i % SHARDS.size()), key.apply(i), 1, made.length);
                blobs.put(key.apply(i), made);
            }
        }
        return blobs;
    }

    /** A row only. */
    public long addRow(String shard, String key, int typeCode, long length) throws Exception {
        return postgres.insertBlob(shard, "parent-" + key, key, typeCode, CREATED, length);
    }

    public static void put(S3ProxyServer server, String key, byte[] bytes) throws Exception {
        try (S3BlobStore store = store(server);
                MadeBlob blob = MadeBlob.of(bytes)) {
            store.probeTarget();
            store.putIfAbsent(key, blob);
        }
    }

    public static Optional<byte[]> get(S3ProxyServer server, String key) throws Exception {
        try (S3BlobStore store = store(server)) {
            Optional<StoredBlob> found = store.open(key);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            try (StoredBlob blob = found.get()) {
                return Optional.of(blob.body().readAllBytes());
            }
        }
    }

    /** All keys of a server with their lengths. */
    public static Map<String, BlobInfo> list(S3ProxyServer server) throws Exception {
        Map<String, BlobInfo> all = new LinkedHashMap<>();
        try (S3BlobStore store = store(server)) {
            String after = "";
            boolean more = true;
            while (more) {
                var page = store.list(after);
                for (var entry : page.entries()) {
                    all.put(entry.key(), entry.info());
                    after = entry.key();
                }
                more = page.more() && !page.entries().isEmpty();
            }
        }
        return all;
    }

    public static S3BlobStore store(S3ProxyServer server) throws Exception {
        return S3BlobStore.open(
                S3Settings.of(server.url(), server.accessKey(), new Secret(server.secretKey()), BUCKET),
                S3Tuning.DEFAULT);
    }

    /** HQ's settings of this site. */
    public Map<String, Object> settings() {
        Map<String, Object> databases = new LinkedHashMap<>();
        databases.put("default", postgres.djangoSettings("commcarehq"));
        int first = 0;
        for (String shard : SHARDS) {
            Map<String, Object> database = new LinkedHashMap<>(postgres.djangoSettings(shard));
            database.put("PLPROXY", Map.of("SHARDS", List.of(first, first)));
            databases.put(shard, database);
            first++;
        }
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("S3_BLOB_DB_SETTINGS", s3(newServer.url(), newServer));
        settings.put("OLD_S3_BLOB_DB_SETTINGS", s3(oldServer.url(), oldServer));
        settings.put("BLOB_DB_MIGRATING_FROM_S3_TO_S3", true);
        settings.put("USE_PARTITIONED_DATABASE", true);
        settings.put("DATABASES", databases);
        return settings;
    }

    /** HQ's settings of one store, reached at another address. */
    public static Map<String, Object> s3(String url, S3ProxyServer server) {
        return Map.of(
                "url", url,
                "access_key", server.accessKey(),
                "secret_key", server.secretKey(),
                "s3_bucket", BUCKET,
                "config", Map.of("signature_version", "s3v4"));
    }

    /** {@code run_blob_migration migrate_backend} on this site, with JSON output and no settle time. */
    public Run backFill(String... more) throws Exception {
        return backFill(settings(), more);
    }

    /** The same with other settings. */
    public Run backFill(Map<String, Object> settings, String... more) throws Exception {
        List<String> args = new ArrayList<>(
                List.of("run_blob_migration", "--log-dir=" + directory, "--settings=-", "--settle=0", "--output=json"));
        args.addAll(List.of(more));
        if (args.stream().noneMatch(word -> word.startsWith("migrate_backend"))) {
            args.add("migrate_backend");
        }
        return agent(settings, args.toArray(String[]::new));
    }

    /** Runs the agent's program in this JVM. */
    public Run agent(Map<String, Object> settings, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        AgentContext context = new AgentContext(
                directory,
                new ByteArrayInputStream(Json.write(settings).getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Clock.systemUTC(),
                Map.of("HOME", directory.toString()),
                new StopRequest(),
                retry);
        int exit = new AgentMain(context).run(args);
        return new Run(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Log files of this site's runs, oldest first, without summaries. */
    public List<Path> logs() throws Exception {
        try (var files = Files.list(directory)) {
            return files.filter(path -> path.toString().endsWith("Z.txt"))
                    .sorted()
                    .toList();
        }
    }

    @Override
    public void close() throws Exception {
        newServer.close();
        oldServer.close();
        postgres.close();
    }
}
