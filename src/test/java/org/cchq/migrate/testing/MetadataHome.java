package org.cchq.migrate.testing;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.cchq.migrate.agent.AgentContext;
import org.cchq.migrate.agent.AgentMain;
import org.cchq.migrate.agent.StopRequest;
import org.cchq.migrate.engine.RetryPolicy;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.store.document.CouchSpec;

/** A site whose blob metadata is to be migrated: CouchDB databases, a default database with HQ's models, shards. */
public final class MetadataHome {
    private static final String COLUMNS =
            "domain, parent_id, name, key, type_code, content_type, content_length, expires_on, properties";

    private final PostgresServer postgres;
    private CouchServer couch;
    private final String name;
    private final Path directory;
    private final List<String> shards = new ArrayList<>();
    private final Map<String, Object> settings = new LinkedHashMap<>();

    private MetadataHome(PostgresServer postgres, CouchServer couch, String name, Path directory) {
        this.postgres = postgres;
        this.couch = couch;
        this.name = name;
        this.directory = directory;
    }

    /**
     * @param name of the main databases on both servers, which are made
     * @param directory for logs and settings
     * @param shards a power of two; 0: everything in the default database
     */
    public static MetadataHome make(
            PostgresServer postgres, CouchServer couch, String name, Path directory, HqSchema schema, int shards)
            throws Exception {
        MetadataHome home = new MetadataHome(postgres, couch, name, Files.createDirectories(directory));
        Files.createDirectories(home.logs());
        home.makeDatabases(schema, shards);
        home.serveFrom(couch);
        return home;
    }

    /** Takes its documents from a server from now on, where the databases are made, empty. */
    public void serveFrom(CouchServer server) throws Exception {
        couch = server;
        for (String part : List.of("", "__apps", "__domains", "__meta", "__users")) {
            couch.createDatabase(name + part);
        }
        CouchSpec spec = couch.spec(name);
        settings.put(
                "COUCH_DATABASES",
                Map.of(
                        "default",
                        Map.of(
                                "COUCH_HTTPS",
                                spec.https(),
                                "COUCH_SERVER_ROOT",
                                spec.serverRoot(),
                                "COUCH_USERNAME",
                                spec.user(),
                                "COUCH_PASSWORD",
                                spec.password().reveal(),
                                "COUCH_DATABASE_NAME",
                                name)));
    }

    private void makeDatabases(HqSchema schema, int count) throws Exception {
        Map<String, Object> databases = new LinkedHashMap<>();
        postgres.createDatabase(name);
        postgres.execute(name, count == 0 ? schema.sql() : HqSchema.withoutBlobs());
        postgres.execute(name, HqSchema.models());
        databases.put("default", postgres.djangoSettings(name));
        for (int number = 0; number < count; number++) {
            String shard = name + "_p" + number;
            postgres.createDatabase(shard, schema);
            Map<String, Object> database = new LinkedHashMap<>(postgres.djangoSettings(shard));
            database.put("PLPROXY", Map.of("SHARDS", List.of(number, number)));
            databases.put("p" + number, database);
            shards.add(shard);
        }
        if (count == 0) {
            shards.add(name);
        } else {
            Map<String, Object> proxy = new LinkedHashMap<>(postgres.djangoSettings(name));
            proxy.put("PLPROXY", Map.of("PROXY", true));
            databases.put("proxy", proxy);
            settings.put("USE_PARTITIONED_DATABASE", true);
        }
        settings.put("DATABASES", databases);
    }

    /** What one run of the agent left behind. */
    public record Run(int exit, String out, String err) {
        public List<String> lines() {
            return out.lines().toList();
        }
    }

    public Path logs() {
        return directory.resolve("logs");
    }

    public String name() {
        return name;
    }

    public List<String> shards() {
        return shards;
    }

    /** A key of the settings. */
    public void setting(String key, Object value) {
        settings.put(key, value);
    }

    public Map<String, Object> settings() {
        return settings;
    }

    /** A document; {@code part} is "" or {@code __apps} and the like; its revision. */
    public String put(String part, String id, Map<String, ?> fields) throws Exception {
        return couch.put(name + part, id, Json.write(fields));
    }

    public CouchServer couch() {
        return couch;
    }

    /** A statement on the default database. */
    public void sql(String statement) throws Exception {
        postgres.execute(name, statement);
    }

    /** The first column of the first row, of the default database. */
    public String text(String query) throws Exception {
        return postgres.text(name, query);
    }

    /** Every row of {@code blobs_blobmeta}, of all shards: by parent and key, its other fields in words. */
    public Map<String, String> rows() throws Exception {
        Map<String, String> rows = new TreeMap<>();
        for (int number = 0; number < shards.size(); number++) {
            try (Connection connection = postgres.connect(shards.get(number));
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT " + COLUMNS + " FROM blobs_blobmeta")) {
                while (row.next()) {
                    String rest = String.join(
                            "|",
                            String.valueOf(row.getString(1)),
                            row.getString(3),
                            row.getString(5),
                            String.valueOf(row.getString(6)),
                            row.getString(7),
                            String.valueOf(row.getString(8)),
                            String.valueOf(row.getString(9)));
                    rows.put(row.getString(2) + " " + row.getString(4), "p" + number + "|" + rest);
                }
            }
        }
        return rows;
    }

    /** Runs a statement on every database with blobs. */
    public void onShards(String statement) throws Exception {
        for (String shard : shards) {
            postgres.execute(shard, statement);
        }
    }

    /** Sums up a count of every database with blobs. */
    public long countOnShards(String query) throws Exception {
        long sum = 0;
        for (String shard : shards) {
            sum += Long.parseLong(postgres.text(shard, query));
        }
        return sum;
    }

    /** {@code run_blob_migration migrate_metadata} with the seed's options. */
    public Run migrate(String... more) throws Exception {
        List<String> arguments =
                new ArrayList<>(List.of("run_blob_migration", "migrate_metadata", "--chunk-size=1000"));
        arguments.addAll(List.of(more));
        return run(arguments.toArray(String[]::new));
    }

    /** Runs the agent to its end, in this JVM; {@code --log-dir}, if there is none, and {@code --settings} are added. */
    public Run run(String... arguments) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--settings=-");
        if (!arguments[0].equals("run_sql") && all.stream().noneMatch(word -> word.startsWith("--log-dir="))) {
            all.add("--log-dir=" + logs());
        }
        int exit = new AgentMain(new AgentContext(
                        directory,
                        new ByteArrayInputStream(Json.write(settings).getBytes(StandardCharsets.UTF_8)),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        Clock.systemUTC(),
                        Map.of("HOME", directory.toString()),
                        new StopRequest(),
                        new RetryPolicy(3, Duration.ofMillis(20), Duration.ofMillis(100), Duration.ofSeconds(5))))
                .run(all.toArray(String[]::new));
        return new Run(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Starts the agent as a process of its own, to be killed. */
    public Process start(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                AgentMain.class.getName()));
        command.addAll(List.of(arguments));
        Path file = directory.resolve("settings.json");
        Files.writeString(file, Json.write(settings));
        command.add("--settings=" + file);
        if (!arguments[0].equals("run_sql")) {
            command.add("--log-dir=" + logs());
        }
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("process.log").toFile())
                .start();
    }
}
