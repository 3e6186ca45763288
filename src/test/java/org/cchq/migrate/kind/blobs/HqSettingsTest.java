package org.cchq.migrate.kind.blobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.list;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.store.blob.S3Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HqSettingsTest {
    private static final String SECRET = "hunter2-SECRET";
    private static final String NEW = "'S3_BLOB_DB_SETTINGS': {'url': 'http://10.0.0.5:8081', 'access_key': 'N',"
            + " 'secret_key': '" + SECRET + "', 's3_bucket': 'blobdb', 'bulk_delete_chunksize': 1000,"
            + " 'config': {'signature_version': 's3', 'connect_timeout': 3, 'read_timeout': 0.5}}";
    private static final String OLD = "'OLD_S3_BLOB_DB_SETTINGS': {'url': 'http://10.0.0.5:8080', 'access_key': 'O',"
            + " 'secret_key': '" + SECRET + "'}";
    private static final String FLAG = "'BLOB_DB_MIGRATING_FROM_S3_TO_S3': true";
    private static final String DB =
            "'NAME': 'commcarehq', 'USER': 'u', 'PASSWORD': '" + SECRET + "', 'HOST': '10.0.0.7', 'PORT': '6432'";
    private static final String ONE = "'DATABASES': {'default': {" + DB + "}}";

    @Test
    void readsTheDualStageOf2019() throws Exception {
        HqSettings settings = settings(
                NEW,
                OLD,
                FLAG,
                "'DATABASES': {'default': {" + DB + "}, 'p2': {" + DB + "}, 'p1': {" + DB + "}, 'proxy': {" + DB + "}}",
                "'PARTITION_DATABASE_CONFIG': {'shards': {'p2': [2, 3], 'p1': [0, 1]}, 'groups': {'proxy': ['proxy']}}",
                "'USE_PARTITIONED_DATABASE': true",
                "'COUCH_DATABASES': {'default': {'COUCH_HTTPS': false, 'COUCH_SERVER_ROOT': '10.0.0.9:25984',"
                        + " 'COUCH_USERNAME': 'c', 'COUCH_PASSWORD': '" + SECRET
                        + "', 'COUCH_DATABASE_NAME': 'commcarehq'}}",
                "'SERVER_ENVIRONMENT': 'icds'");

        BlobDb.Migrating migrating = settings.blobDb().requireMigrating();
        S3Settings target = migrating.target().settings();
        assertThat(target.url()).contains("http://10.0.0.5:8081");
        assertThat(target.signature()).isEqualTo(S3Settings.Signature.V2);
        assertThat(target.connectTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(target.readTimeout()).isEqualTo(Duration.ofMillis(500));
        assertThat(((BlobDb.S3) migrating.source()).settings().bucket()).isEqualTo("blobdb");
        assertThat(settings.databases().aliases()).containsExactly("p1", "p2");
        assertThat(settings.databases().count()).isEqualTo(4);
        assertThat(settings.databases().defaultDatabase().port()).isEqualTo(6432);
        assertThat(settings.couch().of("apps").orElseThrow().endpoint())
                .isEqualTo("couchdb http://10.0.0.9:25984/commcarehq__apps");
        assertThat(settings.toString()).doesNotContain(SECRET);
        assertThat(settings.warnings()).isEmpty();
    }

    @Test
    void readsTheShardsOf2026AndLeavesStandbysOut() throws Exception {
        HqSettings settings = settings(
                "'S3_BLOB_DB_SETTINGS': {'url': null, 'access_key': null, 'secret_key': null, 's3_bucket': 'b123'}",
                "'DATABASES': {'default': {" + DB + "}, 'p1': {" + DB + ", 'PLPROXY': {'SHARDS': [0, 0]}}, 'p2': {" + DB
                        + ", 'PLPROXY': {'SHARDS': [1, 1]}}, 'proxy': {'PLPROXY': {'PROXY': true}},"
                        + " 'p1_standby': {" + DB
                        + ", 'STANDBY': {'MASTER': 'p1'}, 'PLPROXY': {'SHARDS': [0, 0]}}}",
                "'USE_PARTITIONED_DATABASE': true");

        assertThat(settings.databases().aliases()).containsExactly("p1", "p2");
        assertThat(settings.blobDb()).isInstanceOf(BlobDb.S3.class);
        assertThatThrownBy(() -> settings.blobDb().requireMigrating())
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("Expected to find migrating blob db backend (got <S3BlobDB");
    }

    @Test
    void theFileSystemFlagWins() throws Exception {
        HqSettings settings = settings(
                NEW, OLD, FLAG, ONE, "'BLOB_DB_MIGRATING_FROM_FS_TO_S3': true", "'SHARED_DRIVE_ROOT': '/mnt/shared'");

        assertThat(settings.blobDb().requireMigrating().source())
                .isEqualTo(new BlobDb.FileSystem(Path.of("/mnt/shared/blobdb")));
        assertThat(settings.warnings()).hasSize(1);
    }

    @Test
    void withoutS3SettingsBlobsAreInTheFileSystem() throws Exception {
        HqSettings settings = settings(
                "'S3_BLOB_DB_SETTINGS': null", ONE, "'SHARED_DRIVE_CONF': {'blob_dir': '/opt/shared/blobs'}", FLAG);

        assertThat(settings.blobDb()).isEqualTo(new BlobDb.FileSystem(Path.of("/opt/shared/blobs")));
    }

    @Test
    void aPartOfCouchMayHaveItsOwnEntry() throws Exception {
        String entry = "{'COUCH_HTTPS': true, 'COUCH_SERVER_ROOT': 'c:6984', 'COUCH_DATABASE_NAME': '";
        HqSettings settings =
                settings(NEW, ONE, "'COUCH_DATABASES': {'default': " + entry + "hq'}, 'meta': " + entry + "other'}}");

        assertThat(settings.couch().of("meta").orElseThrow().endpoint()).isEqualTo("couchdb https://c:6984/other");
        assertThat(settings.couch().of("").orElseThrow().database()).isEqualTo("hq");
    }

    @Test
    void namesWhatHasNoEffect() throws Exception {
        HqSettings settings = settings(
                "'S3_BLOB_DB_SETTINGS': {'url': 'http://h:1', 'config': {'retries': {'max_attempts': 3},"
                        + " 's3': {'addressing_style': 'virtual', 'payload_signing_enabled': true}}}",
                "'DATABASES': {'default': {" + DB + ", 'OPTIONS': {'sslmode': 'require', 'isolation_level': 1}}}");

        assertThat(settings.warnings())
                .containsExactlyInAnyOrder(
                        "DATABASES.default.OPTIONS.isolation_level: has no effect here",
                        "S3_BLOB_DB_SETTINGS.config.retries: has no effect here",
                        "S3_BLOB_DB_SETTINGS.config.s3.payload_signing_enabled: has no effect here");
    }

    @Test
    void reportsAllProblemsAtOnceAndNoSecret() {
        assertThatThrownBy(() -> settings(
                        "'S3_BLOB_DB_SETTINGS': {'ulr': 'x', 'secret_key': ['" + SECRET + "']}",
                        "'OLD_S3_BLOB_DB_SETTINGS': '" + SECRET + "'",
                        "'DATABASES': {'default': {'PASSWORD': {'" + SECRET + "': 1}, 'PORT': '" + SECRET + "'}}"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("S3_BLOB_DB_SETTINGS.ulr: unknown key; did you mean 'url'?")
                .hasMessageContaining("S3_BLOB_DB_SETTINGS.secret_key: must be a text in quotes, found a list")
                .hasMessageContaining("OLD_S3_BLOB_DB_SETTINGS: must be an object in braces, found a text")
                .hasMessageContaining("DATABASES.default.NAME: is missing")
                .hasMessageContaining("DATABASES.default.PORT: must be a port from 1 to 65535")
                .hasMessageNotContaining(SECRET);
    }

    static List<List<String>> broken() {
        String shards = "'USE_PARTITIONED_DATABASE': true, 'DATABASES': {'default': {" + DB + "}, 'p1': {" + DB
                + ", 'PLPROXY': {'SHARDS': %s}}, 'p2': {" + DB + ", 'PLPROXY': {'SHARDS': %s}}}, " + NEW;
        return List.of(
                List.of("S3_BLOB_DB_SETTINGS.url: ", ONE + ", 'S3_BLOB_DB_SETTINGS': {'url': 'ftp://h'}"),
                List.of("S3_BLOB_DB_SETTINGS.url: ", ONE + ", 'S3_BLOB_DB_SETTINGS': {'url': ''}"),
                List.of("S3_BLOB_DB_SETTINGS.url: ", ONE + ", 'S3_BLOB_DB_SETTINGS': {'url': 'http://h:99999'}"),
                List.of("S3_BLOB_DB_SETTINGS.url: ", ONE + ", 'S3_BLOB_DB_SETTINGS': {'url': '10.0.0.1:8080'}"),
                List.of("S3_BLOB_DB_SETTINGS.s3_bucket: ", ONE + ", 'S3_BLOB_DB_SETTINGS': {'s3_bucket': null}"),
                List.of("S3_BLOB_DB_SETTINGS.s3_bucket: ", ONE + ", 'S3_BLOB_DB_SETTINGS': {'s3_bucket': ''}"),
                List.of("S3_BLOB_DB_SETTINGS: ", ONE + ", 'S3_BLOB_DB_SETTINGS': {'access_key': 'a'}"),
                List.of(
                        "S3_BLOB_DB_SETTINGS.bulk_delete_chunksize: ",
                        ONE + ", 'S3_BLOB_DB_SETTINGS': {'bulk_delete_chunksize': null}"),
                List.of("S3_BLOB_DB_SETTINGS.config: ", ONE + ", 'S3_BLOB_DB_SETTINGS': {'config': 's3'}"),
                List.of(
                        "S3_BLOB_DB_SETTINGS.config.signature_version: ",
                        ONE + ", 'S3_BLOB_DB_SETTINGS': {'config': {'signature_version': 'v4'}}"),
                List.of(
                        "S3_BLOB_DB_SETTINGS.config.conect_timeout: unknown key; did you mean 'connect_timeout'?",
                        ONE + ", 'S3_BLOB_DB_SETTINGS': {'config': {'conect_timeout': 1}}"),
                List.of(
                        "S3_BLOB_DB_SETTINGS.config.read_timeout: ",
                        ONE + ", 'S3_BLOB_DB_SETTINGS': {'config': {'read_timeout': 0}}"),
                List.of(
                        "S3_BLOB_DB_SETTINGS.config.s3.addressing_style: ",
                        ONE + ", 'S3_BLOB_DB_SETTINGS': {'config': {'s3': {'addressing_style': 'host'}}}"),
                List.of(
                        "BLOB_DB_MIGRATING_FROM_S3_TO_S3: ",
                        ONE + ", 'BLOB_DB_MIGRATING_FROM_S3_TO_S3': 'True', " + NEW),
                List.of("OLD_S3_BLOB_DB_SETTINGS: is missing", ONE + ", " + FLAG + ", " + NEW),
                List.of(
                        "OLD_S3_BLOB_DB_SETTINGS: names the same endpoint and bucket",
                        ONE + ", " + FLAG + ", " + NEW
                                + ", 'OLD_S3_BLOB_DB_SETTINGS': {'url': 'HTTP://10.0.0.5:8081/'}"),
                List.of(
                        "SHARED_DRIVE_CONF.blob_dir: is missing",
                        ONE + ", 'BLOB_DB_MIGRATING_FROM_FS_TO_S3': true, " + NEW),
                List.of(
                        "SHARED_DRIVE_CONF.blob_dir: must be an absolute path",
                        ONE + ", 'SHARED_DRIVE_CONF': {'blob_dir': 'x'}"),
                List.of("DATABASES: is missing", NEW),
                List.of("DATABASES.default: is missing", NEW + ", 'DATABASES': {}"),
                List.of("DATABASES.default: must be an object", NEW + ", 'DATABASES': {'default': null}"),
                List.of(
                        "DATABASES.default.PORT: ",
                        NEW + ", 'DATABASES': {'default': {" + DB.replace("6432", "70000") + "}}"),
                List.of(
                        "DATABASES.default.HOST: ",
                        NEW + ", 'DATABASES': {'default': {" + DB.replace("10.0.0.7", "") + "}}"),
                List.of(
                        "DATABASES.default.ENGINE: ",
                        NEW + ", 'DATABASES': {'default': {" + DB + ", 'ENGINE': 'django.db.backends.mysql'}}"),
                List.of(
                        "DATABASES.default.OPTIONS.sslmode: ",
                        NEW + ", 'DATABASES': {'default': {" + DB + ", 'OPTIONS': {'sslmode': 'yes'}}}"),
                List.of(
                        "DATABASES.default.HOTS: unknown key; did you mean 'HOST'?",
                        NEW + ", 'DATABASES': {'default': {'NAME': 'n', 'USER': 'u', 'HOTS': 'h'}}"),
                List.of("USE_PARTITIONED_DATABASE: ", NEW + ", " + ONE + ", 'USE_PARTITIONED_DATABASE': true"),
                List.of("DATABASES.*.PLPROXY.SHARDS: shards must begin at 0", shards.formatted("[1, 1]", "[2, 3]")),
                List.of("DATABASES.*.PLPROXY.SHARDS: no database holds", shards.formatted("[0, 1]", "[3, 3]")),
                List.of("overlaps", shards.formatted("[0, 1]", "[1, 3]")),
                List.of("power of two, found 3", shards.formatted("[0, 0]", "[1, 2]")),
                List.of("DATABASES.p2.PLPROXY.SHARDS: must be [first, last]", shards.formatted("[0, 0]", "[1]")),
                List.of("DATABASES.p1.PLPROXY.SHARDS: must be a list", shards.formatted("'0-1'", "[2, 3]")),
                List.of(
                        "PARTITION_DATABASE_CONFIG.shards.p9: is no alias in DATABASES",
                        ONE + ", " + NEW
                                + ", 'USE_PARTITIONED_DATABASE': true, 'PARTITION_DATABASE_CONFIG': {'shards': {'p9': [0, 1]}}"),
                List.of(
                        "COUCH_DATABASES.default.COUCH_SERVER_ROOT: ",
                        ONE + ", " + NEW + ", 'COUCH_DATABASES': {'default': {'COUCH_SERVER_ROOT': 'http://h:1',"
                                + " 'COUCH_DATABASE_NAME': 'c'}}"),
                List.of("COUCH_DATABASES.default: is missing", ONE + ", " + NEW + ", 'COUCH_DATABASES': {}"));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void namesTheSettingThatIsWrong(List<String> expectedAndSettings) {
        assertThatThrownBy(() -> settings(expectedAndSettings.get(1)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(expectedAndSettings.get(0))
                .hasMessageNotContaining(SECRET)
                .extracting(error -> error.getMessage().lines().toList(), list(String.class))
                .doesNotHaveDuplicates();
    }

    @Test
    void readsAFileAndWarnsIfOthersMayReadIt(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("settings.json"), text(NEW, ONE));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        assertThat(HqSettings.read(file).warnings()).singleElement().asString().contains("chmod 600");
        assertThatThrownBy(() -> HqSettings.read(directory)).hasMessageContaining("not a regular file");
        assertThatThrownBy(() -> HqSettings.read(directory.resolve("none"))).hasMessageContaining("no such file");
    }

    private static HqSettings settings(String... members) throws UserException {
        return HqSettings.of(Json.readObject(text(members), "test"));
    }

    private static String text(String... members) {
        return ("{" + String.join(", ", members) + "}").replace('\'', '"');
    }
}
