package org.cchq.migrate.testing.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.HqSchema;
import org.cchq.migrate.testing.PostgresServer;
import org.cchq.migrate.testing.RadosGateway;
import org.cchq.migrate.testing.RequiredProgram;

/** The servers of a benchmark, and the clients as processes. */
final class Workbench implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(15);

    /** Where to copy from and to. */
    record Way(Endpoint source, String sourceBucket, Endpoint target, String targetBucket) {}

    private final Path agentJar;
    private final List<String> jvm;
    private final Path directory;
    private final Path rclone;
    private final PostgresServer postgres;
    private final RadosGateway gateway;
    private List<String> classData = List.of();
    private final AtomicInteger runs = new AtomicInteger();

    /** @param jvm options for the agent's Java; none for {@code java -jar} as it is */
    Workbench(Path agentJar, List<String> jvm) throws Exception {
        this.agentJar = agentJar;
        this.jvm = jvm;
        rclone = RequiredProgram.find("rclone", "rclone");
        directory = Files.createTempDirectory(
                Path.of("/tmp"),
                "cchq-bench-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        say("starting PostgreSQL and a Ceph object gateway");
        gateway = RadosGateway.shared();
        postgres = PostgresServer.start();
        postgres.createDatabase("hq", HqSchema.E4);
    }

    static void say(String text) {
        System.err.println("bench: " + text);
    }

    PostgresServer postgres() {
        return postgres;
    }

    Endpoint source() {
        return of(RadosGateway.OLD);
    }

    Endpoint target() {
        return of(RadosGateway.NEW);
    }

    private Endpoint of(RadosGateway.Account account) {
        return new Endpoint(gateway.url(), account.accessKey(), new Secret(account.secretKey()));
    }

    /** Frees the memory of deleted large objects, which the gateway otherwise keeps for two hours. */
    void collectGarbage() throws Exception {
        gateway.admin("gc", "process", "--include-all");
    }

    /** A database with one row for each object. */
    void createRows(ObjectSet objects) throws Exception {
        postgres.createDatabase(database(objects), HqSchema.E4);
        postgres.execute(
                database(objects),
                "INSERT INTO blobs_blobmeta (domain, parent_id, name, key, type_code, created_on, content_length)"
                        + " SELECT 'demo', md5('form-' || i), '', md5('" + objects.name() + "-' || i), 3, now(), "
                        + objects.bytes() + " FROM generate_series(0, " + (objects.count() - 1) + ") i");
        postgres.execute(database(objects), "ANALYZE blobs_blobmeta");
    }

    static String database(ObjectSet objects) {
        return "rows_" + objects.name().replace('-', '_');
    }

    /** {@code DATABASES} with all rows in one database. */
    Map<String, Object> oneDatabase(ObjectSet objects) {
        return Map.of("default", postgres.djangoSettings(database(objects)));
    }

    /** Has an archive of the agent's classes made of a first run, as a host has one from the second run on. */
    void archiveClasses() throws Exception {
        ObjectSet few = new ObjectSet("classes", 10, 4 << 10);
        createRows(few);
        few.fill(source(), few.name());
        ObjectSet.createBucket(target(), few.name() + "-target");
        Way way = new Way(source(), few.name(), target(), few.name() + "-target");
        ClassData classes = new ClassData(agentJar, jvm, directory);
        classData = classes.naming();
        agent(way, oneDatabase(few), 16);
        classData = classes.archived();
        few.drop(source(), few.name());
        few.drop(target(), few.name() + "-target");
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Runs the agent as it is shipped, in a new log directory. */
    Child.Cost agent(Way way, Map<String, Object> databases, int workers, Child.Until until) throws Exception {
        Path run = directory.resolve("agent-" + runs.incrementAndGet());
        Files.createDirectory(run);
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("S3_BLOB_DB_SETTINGS", s3(way.target(), way.targetBucket()));
        settings.put("OLD_S3_BLOB_DB_SETTINGS", s3(way.source(), way.sourceBucket()));
        settings.put("BLOB_DB_MIGRATING_FROM_S3_TO_S3", true);
        settings.put("DATABASES", databases);
        settings.put("USE_PARTITIONED_DATABASE", databases.size() > 1);
        Path file = Files.createFile(
                run.resolve("settings.json"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, Json.write(settings));
        List<String> command = new ArrayList<>();
        command.add(java());
        command.addAll(jvm);
        command.addAll(classData);
        command.addAll(List.of(
                "-jar",
                agentJar.toString(),
                "run_blob_migration",
                "migrate_backend",
                "--log-dir=" + run.resolve("log"),
                "--chunk-size=1000",
                "--num-workers=" + workers,
                "--settle=0",
                "--settings=" + file));
        Files.createDirectory(run.resolve("log"));
        Child.Cost cost = Child.run(command, Map.of(), run.resolve("out"), LIMIT, until);
        if (cost.exit() != 0 && !until.reached()) {
            throw new IOException("the agent ended with " + cost.exit() + ":\n" + Files.readString(run.resolve("out")));
        }
        remove(run);
        return cost;
    }

    Child.Cost agent(Way way, Map<String, Object> databases, int workers) throws Exception {
        return agent(way, databases, workers, () -> false);
    }

    private static Map<String, Object> s3(Endpoint endpoint, String bucket) {
        return Map.of(
                "url",
                endpoint.url(),
                "access_key",
                endpoint.accessKey(),
                "secret_key",
                endpoint.secretKey().reveal(),
                "s3_bucket",
                bucket,
                "config",
                Map.of("signature_version", "s3v4"));
    }

    /** Runs {@code rclone copy} with its settings in the environment; {@code more} are further options. */
    Child.Cost rclone(Way way, int transfers, String... more) throws Exception {
        Map<String, String> environment = new LinkedHashMap<>();
        // rclone 1.60 fails where this names a file that it cannot use.
        environment.put("AWS_CA_BUNDLE", "");
        environment.put("RCLONE_CONFIG", "/notfound");
        remote(environment, "SOURCE", way.source());
        remote(environment, "TARGET", way.target());
        List<String> command = new ArrayList<>(List.of(
                rclone.toString(),
                "copy",
                "source:" + way.sourceBucket(),
                "target:" + way.targetBucket(),
                "--transfers=" + transfers,
                "--checkers=" + transfers));
        command.addAll(List.of(more));
        return Child.run(command, environment, directory.resolve("rclone.out"), LIMIT);
    }

    private static void remote(Map<String, String> environment, String name, Endpoint endpoint) {
        environment.put("RCLONE_CONFIG_" + name + "_TYPE", "s3");
        environment.put("RCLONE_CONFIG_" + name + "_PROVIDER", "Ceph");
        environment.put("RCLONE_CONFIG_" + name + "_ENDPOINT", endpoint.url());
        environment.put("RCLONE_CONFIG_" + name + "_ACCESS_KEY_ID", endpoint.accessKey());
        environment.put(
                "RCLONE_CONFIG_" + name + "_SECRET_ACCESS_KEY",
                endpoint.secretKey().reveal());
    }

    /** Runs {@link LimitMain}. */
    Child.Cost limit(Way way, ObjectSet objects, int threads) throws Exception {
        return Child.run(
                List.of(
                        java(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LimitMain.class.getName(),
                        way.source().url(),
                        way.sourceBucket(),
                        way.target().url(),
                        way.targetBucket(),
                        objects.name(),
                        Integer.toString(objects.count()),
                        Integer.toString(objects.bytes()),
                        Integer.toString(threads)),
                Map.of(
                        "SOURCE_ACCESS_KEY",
                        way.source().accessKey(),
                        "SOURCE_SECRET_KEY",
                        way.source().secretKey().reveal(),
                        "TARGET_ACCESS_KEY",
                        way.target().accessKey(),
                        "TARGET_SECRET_KEY",
                        way.target().secretKey().reveal()),
                directory.resolve("limit.out"),
                LIMIT);
    }

    private static void remove(Path path) throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    @Override
    public void close() throws IOException {
        postgres.close();
        remove(directory);
    }
}
