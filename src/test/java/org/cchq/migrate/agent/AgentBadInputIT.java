package org.cchq.migrate.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.cchq.migrate.engine.RetryPolicy;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.BlobSite;
import org.cchq.migrate.testing.MadeBlob;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a hurried person may give the agent: each is refused with the right exit status and a message that names the place
 * and what would be right; nothing is written on the target, in the database or in the log directory; no secret is shown.
 */
class AgentBadInputIT {
    private static final String CANARY = "canary-0d9f3c7e";
    private static final String ON_STANDARD_INPUT = "-";
    private static final String MIGRATE = "migrate_backend";

    @TempDir
    static Path temporary;

    private static BlobSite site;

    private Path logs;

    @BeforeAll
    static void start() throws Exception {
        site = BlobSite.start(temporary.resolve("site"));
        site.add("p1", "a", MadeBlob.bytes(100, 1));
        site.postgres().createDatabase("bare");
    }

    @AfterAll
    static void stop() throws Exception {
        site.close();
    }

    @BeforeEach
    void makeLogDirectory() throws Exception {
        logs = Files.createTempDirectory(temporary, "logs");
    }

    /** Exit status and all that was printed. */
    private record Said(int exit, String text) {}

    private Said agent(byte[] input, String... args) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream both = new PrintStream(printed, true, StandardCharsets.UTF_8);
        AgentContext context = new AgentContext(
                logs,
                new ByteArrayInputStream(input),
                both,
                both,
                Clock.systemUTC(),
                Map.of("HOME", temporary.resolve("home").toString()),
                new StopRequest(),
                RetryPolicy.DEFAULT);
        int exit = new AgentMain(context).run(args);
        return new Said(exit, printed.toString(StandardCharsets.UTF_8));
    }

    private Said backFill(Map<String, Object> settings, String... options) {
        List<String> args =
                new ArrayList<>(List.of("run_blob_migration", "--settings=" + ON_STANDARD_INPUT, "--settle=0"));
        args.addAll(List.of(options));
        if (Stream.of(options).noneMatch(option -> option.startsWith("--log-dir"))) {
            args.add("--log-dir=" + logs);
        }
        args.add(MIGRATE);
        return agent(Json.write(settings).getBytes(StandardCharsets.UTF_8), args.toArray(String[]::new));
    }

    private static Map<String, String> files(Path directory) throws IOException {
        Map<String, String> found = new TreeMap<>();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.filter(Files::isRegularFile).toList()) {
                found.put(
                        directory.relativize(path).toString(),
                        new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1));
            }
        }
        return found;
    }

    private static void assertNothingTouched() throws Exception {
        assertThat(BlobSite.list(site.newServer())).isEmpty();
        assertThat(BlobSite.list(site.oldServer())).hasSize(1);
        assertThat(site.postgres().text("commcarehq", "SELECT count(*) FROM blobs_blobmigrationstate"))
                .isEqualTo("0");
    }

    private void assertRefused(Said said, int exit, String... words) throws Exception {
        assertThat(said.text()).contains(words);
        assertThat(said.text()).doesNotContain(CANARY, "internal error", "\tat ");
        assertThat(said.exit()).as(said.text()).isEqualTo(exit);
        assertNothingTouched();
    }

    // Settings as text

    static Stream<Arguments> brokenTexts() {
        return Stream.of(
                Arguments.of("empty", "", "settings (standard input)"),
                Arguments.of("blank", "  \n", "settings (standard input)"),
                Arguments.of(
                        "not JSON", "S3_BLOB_DB_SETTINGS = {'secret_key': '" + CANARY + "'}", ":1: not valid JSON"),
                Arguments.of("bare word", "{\"secret_key\":\n " + CANARY + "}", ":2: not valid JSON"),
                Arguments.of(
                        "duplicate key",
                        "{\"DATABASES\": {},\n\"DATABASES\": {\"x\": \"" + CANARY + "\"}}",
                        "Duplicate field 'DATABASES'"),
                Arguments.of("truncated", "{\"DATABASES\": {\"default\": {\"PASSWORD\": \"" + CANARY, "not valid JSON"),
                Arguments.of("a list", "[{\"secret_key\": \"" + CANARY + "\"}]", "expected one JSON object in braces"),
                Arguments.of("a text", "\"" + CANARY + "\"", "expected one JSON object in braces"),
                Arguments.of("null", "null", "expected one JSON object in braces"),
                Arguments.of("two objects", "{} {\"secret_key\": \"" + CANARY + "\"}", "more than one JSON value"),
                Arguments.of("binary", "\u0000\u0001\u0002\uffff", "not valid JSON"),
                Arguments.of("no settings in it", "{}", "DATABASES: is missing"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenTexts")
    void settingsThatAreNoObject(String name, String text, String word) throws Exception {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);

        for (String[] command : List.of(
                new String[] {"run_blob_migration", "--settings=-", "--log-dir=" + logs, MIGRATE},
                new String[] {"estimate", "--settings=-"})) {
            assertRefused(agent(bytes, command), 1, word);
        }
        assertThat(files(logs)).isEmpty();
    }

    @Test
    void everyLineOfTheSameTextFromAFileIsNamedWithTheFile() throws Exception {
        Path file = Files.writeString(temporary.resolve("broken.json"), "{\n\"secret_key\": " + CANARY + "}");

        Said said = agent(new byte[0], "estimate", "--settings=" + file);

        assertRefused(said, 1, file + ":2: not valid JSON");
    }

    @Test
    void settingsFilesThatCannotBeRead() throws Exception {
        Path directory = Files.createDirectories(temporary.resolve("settings-directory"));
        Path binary = Files.write(temporary.resolve("binary.json"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});

        assertRefused(agent(new byte[0], "estimate", "--settings=nowhere.json"), 1, "nowhere.json: no such file");
        assertRefused(agent(new byte[0], "estimate", "--settings=" + directory), 1, directory + ": not a regular file");
        assertRefused(agent(new byte[0], "estimate", "--settings=" + binary), 1, binary + ": cannot be read as UTF-8");
        assertRefused(agent(new byte[0], "estimate"), 2, "--settings=FILE is missing");
    }

    @Test
    void aSettingsFileThatThisUserMayNotRead() throws Exception {
        Path file = Files.writeString(temporary.resolve("closed.json"), "{}");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assumeTrue(!Files.isReadable(file), "this user may read everything");

        assertRefused(agent(new byte[0], "estimate", "--settings=" + file), 1, file + ": cannot be read");
    }

    // One wrong setting in settings that are right otherwise

    private static Map<String, Object> settings() {
        return copy(site.settings());
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> copy(Map<String, Object> from) {
        Map<String, Object> copy = new LinkedHashMap<>();
        from.forEach((key, value) ->
                copy.put(key, value instanceof Map<?, ?> map ? copy((Map<String, Object>) map) : value));
        return copy;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> at(Map<String, Object> settings, String... path) {
        Map<String, Object> here = settings;
        for (String key : path) {
            here = (Map<String, Object>) here.get(key);
        }
        return here;
    }

    private static Arguments wrong(String name, Consumer<Map<String, Object>> change, int exit, String... words) {
        return Arguments.of(name, change, exit, words);
    }

    private static Consumer<Map<String, Object>> set(Object value, String... path) {
        return settings -> at(settings, Stream.of(path).limit(path.length - 1).toArray(String[]::new))
                .put(path[path.length - 1], value);
    }

    static Stream<Arguments> wrongSettings() {
        String target = "S3_BLOB_DB_SETTINGS";
        String old = "OLD_S3_BLOB_DB_SETTINGS";
        return Stream.of(
                wrong("target a list", set(List.of(), target), 1, target + ": must be an object in braces"),
                wrong("target null", set(null, target), 1, "SHARED_DRIVE_CONF.blob_dir: is missing"),
                wrong("url a number", set(9000, target, "url"), 1, target + ".url: must be a text"),
                wrong("url without scheme", set("10.0.0.5:9000", target, "url"), 1, target + ".url"),
                wrong("url empty", set("", target, "url"), 1, target + ".url: is empty"),
                wrong("url with user", set("http://u:" + CANARY + "@h/", target, "url"), 1, target + ".url"),
                wrong("access key a number", set(17, target, "access_key"), 1, target + ".access_key: must be a text"),
                wrong("secret a list", set(List.of(CANARY), target, "secret_key"), 1, target + ".secret_key"),
                wrong("bucket null", set(null, target, "s3_bucket"), 1, target + ".s3_bucket: must be a text"),
                wrong("bucket a path", set("a/b", target, "s3_bucket"), 1, target + ".s3_bucket"),
                wrong("config a text", set("s3v4", target, "config"), 1, target + ".config: must be an object"),
                wrong(
                        "signature unknown",
                        set("v9", target, "config", "signature_version"),
                        1,
                        target + ".config.signature_version: must be 's3' (version 2) or 's3v4'"),
                wrong(
                        "timeout negative",
                        set(-1, target, "config", "connect_timeout"),
                        1,
                        target + ".config.connect_timeout: must be above 0"),
                wrong(
                        "mistyped key",
                        set("x", target, "s3_bukcet"),
                        1,
                        "s3_bukcet: unknown key; did you mean 's3_bucket'?"),
                wrong("flag a text", set("true", "BLOB_DB_MIGRATING_FROM_S3_TO_S3"), 1, "must be true or false"),
                wrong("flag without old", settings -> settings.remove(old), 1, old + ": is missing although"),
                wrong(
                        "no flag",
                        settings -> settings.remove("BLOB_DB_MIGRATING_FROM_S3_TO_S3"),
                        1,
                        "Expected to find migrating blob db backend",
                        "Set BLOB_DB_MIGRATING_FROM_S3_TO_S3"),
                wrong(
                        "both flags, no directory",
                        set(true, "BLOB_DB_MIGRATING_FROM_FS_TO_S3"),
                        1,
                        "SHARED_DRIVE_CONF.blob_dir: is missing"),
                wrong(
                        "both flags, directory that is not there",
                        settings -> {
                            settings.put("BLOB_DB_MIGRATING_FROM_FS_TO_S3", true);
                            settings.put("SHARED_DRIVE_CONF", Map.of("blob_dir", "/nowhere/at/all"));
                        },
                        3,
                        "/nowhere/at/all"),
                wrong(
                        "same bucket",
                        settings -> settings.put(old, settings.get(target)),
                        1,
                        old + ": names the same endpoint and bucket"),
                wrong("no databases", settings -> settings.remove("DATABASES"), 1, "DATABASES: is missing"),
                wrong(
                        "no default",
                        settings -> at(settings, "DATABASES").remove("default"),
                        1,
                        "DATABASES.default: is missing"),
                wrong("shard gap", shards(0, 0, 2, 3), 1, "no database holds the shards 1 to 1"),
                wrong("shard overlap", shards(0, 1, 1, 3), 1, "overlaps that of"),
                wrong("shards three", shards(0, 1, 2, 2), 1, "must be a power of two, found 3"),
                wrong("shards from 1", shards(1, 1, 2, 2), 1, "shards must begin at 0"),
                wrong("shards backwards", shards(1, 0, 2, 2), 1, "ends before it begins"),
                wrong(
                        "shards a text",
                        set(Map.of("SHARDS", "0-1"), "DATABASES", "p1", "PLPROXY"),
                        1,
                        "DATABASES.p1.PLPROXY.SHARDS: must be a list"),
                wrong("port", set("54321x", "DATABASES", "p1", "PORT"), 1, "DATABASES.p1.PORT: must be a port"),
                wrong("no user", settings -> at(settings, "DATABASES", "p1").remove("USER"), 1, "p1.USER: is missing"),
                wrong(
                        "MySQL",
                        set("django.db.backends.mysql", "DATABASES", "p2", "ENGINE"),
                        1,
                        "DATABASES.p2.ENGINE: must be a PostgreSQL engine"),
                wrong("database away", set("1", "DATABASES", "p2", "PORT"), 3, "p2"),
                wrong("host unknown", set("db.invalid", "DATABASES", "p2", "HOST"), 3, "db.invalid"),
                wrong("database unknown", set("elsewhere", "DATABASES", "p2", "NAME"), 3, "elsewhere"),
                wrong("database without tables", set("bare", "DATABASES", "p2", "NAME"), 1, "p2", "blobs_blobmeta"),
                wrong("target away", set("http://127.0.0.1:1", target, "url"), 3, "127.0.0.1:1"),
                wrong("old away", set("http://127.0.0.1:1", old, "url"), 3, "127.0.0.1:1"),
                wrong("bucket that is not there", set("nobody", target, "s3_bucket"), 3, "nobody"),
                wrong("wrong secret", set(CANARY, target, "secret_key"), 3, "S3"),
                wrong(
                        "couch without root",
                        set(Map.of("default", Map.of()), "COUCH_DATABASES"),
                        1,
                        "COUCH_SERVER_ROOT"));
    }

    private static Consumer<Map<String, Object>> shards(int first, int last, int second, int end) {
        return settings -> {
            at(settings, "DATABASES", "p1").put("PLPROXY", Map.of("SHARDS", List.of(first, last)));
            at(settings, "DATABASES", "p2").put("PLPROXY", Map.of("SHARDS", List.of(second, end)));
        };
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongSettings")
    void oneWrongSetting(String name, Consumer<Map<String, Object>> change, int exit, String... words)
            throws Exception {
        Map<String, Object> settings = settings();
        change.accept(settings);

        assertRefused(backFill(settings), exit, words);
        assertThat(files(logs)).isEmpty();
    }

    @Test
    void aWrongDatabasePassword() throws Exception {
        site.postgres().execute("postgres", "CREATE ROLE locked LOGIN PASSWORD 'right'");
        site.postgres().requirePassword("locked");
        Map<String, Object> settings = settings();
        at(settings, "DATABASES", "p1").put("USER", "locked");
        at(settings, "DATABASES", "p1").put("PASSWORD", CANARY);

        assertRefused(backFill(settings), 3, "p1", "password authentication failed");
        assertThat(files(logs)).isEmpty();
    }

    @Test
    void allProblemsAreNamedAtOnce() throws Exception {
        Map<String, Object> settings = settings();
        at(settings, "S3_BLOB_DB_SETTINGS").put("secret_key", List.of(CANARY));
        at(settings, "OLD_S3_BLOB_DB_SETTINGS").put("url", 1);
        at(settings, "DATABASES", "p1").put("PORT", "no");
        settings.put("COUCH_DATABASES", List.of());
        Path nowhere = logs.resolve("nowhere");

        Said said = backFill(settings, "--log-dir=" + nowhere, "--date-range=20209999");

        assertRefused(
                said,
                1,
                "S3_BLOB_DB_SETTINGS.secret_key: ",
                "OLD_S3_BLOB_DB_SETTINGS.url: ",
                "DATABASES.p1.PORT: ",
                "COUCH_DATABASES: ",
                "--log-dir=" + nowhere,
                "bad date value: 20209999");
    }

    // Options

    static Stream<Arguments> wrongOptions() {
        return Stream.of(
                Arguments.of(2, "from 1 to 100000", new String[] {"--chunk-size=0"}),
                Arguments.of(2, "--chunk-size=-1", new String[] {"--chunk-size=-1"}),
                Arguments.of(2, "--chunk-size=abc", new String[] {"--chunk-size=abc"}),
                Arguments.of(2, "--chunk-size=99999999999", new String[] {"--chunk-size=99999999999"}),
                Arguments.of(2, "from 1 to 1024", new String[] {"--num-workers=0"}),
                Arguments.of(2, "--num-workers=-1", new String[] {"--num-workers=-1"}),
                Arguments.of(2, "--num-workers=1e3", new String[] {"--num-workers=1e3"}),
                Arguments.of(2, "--num-workers=: expected", new String[] {"--num-workers="}),
                Arguments.of(2, "--settle=-5", new String[] {"--settle=-5"}),
                Arguments.of(2, "--part-size=4", new String[] {"--part-size=4"}),
                Arguments.of(2, "expected auto, always or never", new String[] {"--listing=maybe"}),
                Arguments.of(2, "expected hq or json", new String[] {"--output=xml"}),
                Arguments.of(2, "did you mean --chunk-size?", new String[] {"--chunksize=5"}),
                Arguments.of(2, "did you mean --num-workers?", new String[] {"--num-wrokers=5"}),
                Arguments.of(2, "needs a slug", new String[] {"--log-dir"}),
                Arguments.of(2, "--log-dir=: names no directory", new String[] {"--log-dir="}),
                Arguments.of(1, "bad date value: 2020", new String[] {"--date-range=2020"}),
                Arguments.of(1, "bad date value: 20200230", new String[] {"--date-range=20200230-20200301"}),
                Arguments.of(1, "bad date value: yesterday", new String[] {"--date-range=yesterday-"}),
                Arguments.of(1, "bad date range: ['2020', '01', '01']", new String[] {"--date-range=2020-01-01"}),
                Arguments.of(1, "ends before it begins", new String[] {"--date-range=20200301-20200228"}),
                Arguments.of(1, "has no first day", new String[] {"--process_day_by_day", "--date-range=-20200228"}),
                Arguments.of(1, "is in the future", new String[] {"--process_day_by_day", "--date-range=29990101-"}));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("wrongOptions")
    void oneWrongOption(int exit, String words, String... options) throws Exception {
        assertRefused(backFill(settings(), options), exit, words);
        assertThat(files(logs)).isEmpty();
    }

    @Test
    void allWrongOptionsAreNamedAtOnce() throws Exception {
        Said said = backFill(settings(), "--chunk-size=0", "--num-workers=x", "--listing=maybe", "--output=xml");

        assertRefused(said, 2, "--chunk-size=0", "--num-workers=x", "--listing=maybe", "--output=xml");
    }

    @Test
    void wordsThatNobodyKnows() throws Exception {
        byte[] none = new byte[0];
        assertRefused(agent(none, "run_blob_migraton"), 2, "did you mean 'run_blob_migration'?");
        assertRefused(
                agent(none, "run_blob_migration", "migrate_backed"),
                2,
                "'migrate_backed'",
                "did you mean 'migrate_backend'?");
        assertRefused(agent(none, "run_blob_migration"), 2, "needs a slug");
        assertRefused(agent(none, "run_blob_migration", MIGRATE, "migrate_backend_check"), 2, "one slug");
        assertRefused(agent(none, "estimate", "more"), 2, "estimate takes no words, found 'more'");
        assertRefused(agent(none), 2, "run_blob_migration");
    }

    // The log directory

    @Test
    void logDirectoriesThatCannotBeUsed() throws Exception {
        Path file = Files.writeString(logs.resolve("file"), "");
        assertRefused(
                backFill(settings(), "--log-dir=" + logs + "/nowhere"), 1, "nowhere: is not a directory", "mkdir");
        assertRefused(backFill(settings(), "--log-dir=" + file), 1, "is not a directory");
        assertRefused(
                backFill(settings(), "--events=" + logs + "/nowhere/events"), 1, "--events=", "cannot be written");
        Path sealed = Path.of("/proc/self");
        assumeTrue(Files.isDirectory(sealed), "no /proc");
        assertRefused(backFill(settings(), "--log-dir=" + sealed), 1, sealed.toString(), "cannot be written");
    }

    // The ledger

    private Map<String, String> refusedBesideLedger(String... words) throws Exception {
        Map<String, String> before = files(logs);
        assertRefused(backFill(settings()), 1, words);
        Map<String, String> after = files(logs);
        assertThat(after).isEqualTo(before);
        return after;
    }

    @Test
    void aLedgerThatIsAText() throws Exception {
        Files.writeString(logs.resolve("migrate_backend.ledger"), "my notes on the migration\n".repeat(100));

        refusedBesideLedger("migrate_backend.ledger", "It was left as it is", "another directory");
    }

    @Test
    void aLedgerThatIsEmptyOrCutOffOrOfTheFuture() throws Exception {
        Path ledger = logs.resolve("migrate_backend.ledger");
        Files.createFile(ledger);
        refusedBesideLedger("the file is empty");

        Files.delete(ledger);
        try (var database = DriverManager.getConnection("jdbc:sqlite:" + ledger);
                var statement = database.createStatement()) {
            statement.execute("PRAGMA application_id = " + 0x43514c47);
            statement.execute("PRAGMA user_version = 99");
            statement.execute("CREATE TABLE x (y TEXT)");
            statement.execute("INSERT INTO x VALUES (hex(randomblob(20000)))");
        }
        refusedBesideLedger("a ledger of format 99", "this program knows format");

        byte[] whole = Files.readAllBytes(ledger);
        Files.write(ledger, java.util.Arrays.copyOf(whole, 4096 + 100));
        refusedBesideLedger("migrate_backend.ledger", "left as it is");

        Files.write(ledger, java.util.Arrays.copyOf(whole, 50));
        refusedBesideLedger("migrate_backend.ledger", "left as it is");
    }

    @Test
    void aLedgerOfAnotherToolThatIsADatabase() throws Exception {
        try (var database = DriverManager.getConnection("jdbc:sqlite:" + logs.resolve("migrate_backend.ledger"));
                var statement = database.createStatement()) {
            statement.execute("CREATE TABLE accounts (name TEXT)");
        }

        refusedBesideLedger("not a ledger of this program", "left as it is");
    }

    @Test
    void aLedgerThatIsADirectory() throws Exception {
        Files.createDirectory(logs.resolve("migrate_backend.ledger"));

        refusedBesideLedger("migrate_backend.ledger: not a file", "Move it out of the way");
    }

    // Log files for check_blob_logs

    private Said check(String... args) {
        List<String> all = new ArrayList<>(List.of("check_blob_logs", "--settings=-"));
        all.addAll(List.of(args));
        return agent(Json.write(settings()).getBytes(StandardCharsets.UTF_8), all.toArray(String[]::new));
    }

    @Test
    void logFilesThatCannotBeRead() throws Exception {
        Path directory = Files.createDirectory(logs.resolve("directory"));

        assertRefused(
                check("nowhere.txt", directory.toString()),
                1,
                "nowhere.txt: no such file",
                directory + ": is a directory; name the log files in it");
        assertRefused(check(), 2, "names no file");
        assertRefused(check("--num-workers=0", "x"), 2, "--num-workers=0");
        assertRefused(check("--reset", "x"), 2, "unknown option --reset");
    }

    @Test
    void logFilesThatAreNone() throws Exception {
        Path binary = Files.write(logs.resolve("binary"), MadeBlob.bytes(5000, 3));
        Path empty = Files.createFile(logs.resolve("empty"));
        Path early = Files.writeString(
                logs.resolve("early"),
                "{\"doc_type\": \"XFormInstance\", \"doc_id\": \"d\", \"blob_identifier\": \"form.xml\","
                        + " \"blob_bucket\": \"b\", \"error\": \"not found\"}\n");
        Path fields = Files.writeString(
                logs.resolve("fields"), "[]\n17\n{}\n{\"blob_key\": 1}\n{\"blob_key\": \"a\", \"type_code\": \"x\"}\n");

        assertRefused(check(binary.toString()), 4, "malformed records");
        assertRefused(check(early.toString()), 4, "Not checked: ", "back-fill again and check the new log");
        assertRefused(check(fields.toString()), 4, "Records not checked: 5", "blob_key is missing or no text");
        assertRefused(check(empty.toString()), 0, "Nothing lost.");
    }

    @Test
    void aLineWithoutEndIsNotKeptInMemoryNorRepeated() throws Exception {
        Path huge = logs.resolve("huge");
        byte[] block = "x".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
        try (var out = Files.newOutputStream(huge)) {
            for (int i = 0; i < 64; i++) {
                out.write(block);
            }
            out.write("\n{\"blob_key\": \"a\", \"type_code\": 1, \"parent_id\": \"p\"}\n"
                    .getBytes(StandardCharsets.UTF_8));
        }

        Said said = check(huge.toString());

        assertRefused(said, 4, "Ignored 1 malformed records", "Found in old db: a");
        assertThat(said.text().length()).isLessThan(100_000);
    }
}
