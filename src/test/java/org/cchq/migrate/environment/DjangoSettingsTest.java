package org.cchq.migrate.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.vault.SecretPrompt;
import org.cchq.migrate.vault.VaultPassword;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DjangoSettingsTest {
    @TempDir
    Path root;

    private EnvironmentDirectory east;

    @BeforeEach
    void writeAnEnvironment() throws Exception {
        east = EnvironmentDirectory.valid(root, "east");
    }

    @Test
    void writesWhatLocalsettingsWouldHaveInTheDualStage() throws Exception {
        Map<String, Object> settings = Json.readObject(settings().json().reveal(), "settings");

        assertThat(settings.get("S3_BLOB_DB_SETTINGS"))
                .isEqualTo(Map.of(
                        "url", "http://10.0.0.5:8081",
                        "access_key", "EXAMPLENEW",
                        "secret_key", "example/new",
                        "s3_bucket", "blobdb",
                        "bulk_delete_chunksize", 1000,
                        "config", Map.of("signature_version", "s3")));
        assertThat(settings.get("OLD_S3_BLOB_DB_SETTINGS"))
                .isEqualTo(Map.of(
                        "url", "http://10.0.0.5:8080",
                        "access_key", "EXAMPLEOLD",
                        "secret_key", "example/old",
                        "s3_bucket", "blobdb",
                        "bulk_delete_chunksize", 1000,
                        "config", Map.of("signature_version", "s3")));
        assertThat(settings.get("BLOB_DB_MIGRATING_FROM_S3_TO_S3")).isEqualTo(true);
        assertThat(settings.get("USE_PARTITIONED_DATABASE")).isEqualTo(true);
        assertThat(settings.get("COUCH_DATABASES"))
                .isEqualTo(Map.of(
                        "default",
                        Map.of(
                                "COUCH_HTTPS", false,
                                "COUCH_SERVER_ROOT", "10.0.0.5:25984",
                                "COUCH_USERNAME", "commcarehq",
                                "COUCH_PASSWORD", "example-couch",
                                "COUCH_DATABASE_NAME", "commcarehq")));
    }

    @Test
    void writesEachPartitionWithItsShards() throws Exception {
        Map<?, ?> databases = (Map<?, ?>) settings().masked().get("DATABASES");

        assertThat(List.copyOf(databases.keySet())).isEqualTo(List.of("default", "proxy", "p1", "p2", "ucr"));
        assertThat(((Map<?, ?>) databases.get("p1")).get("HOST")).isEqualTo("10.0.0.7");
        assertThat(((Map<?, ?>) databases.get("p1")).get("PORT")).isEqualTo("6432");
        assertThat(((Map<?, ?>) databases.get("p1")).get("PLPROXY")).isEqualTo(Map.of("SHARDS", List.of(0, 511)));
        assertThat(((Map<?, ?>) databases.get("proxy")).get("PLPROXY")).isEqualTo(Map.of("PROXY", true));
    }

    @Test
    void reachesAPgbouncerOfTheSameHostThroughTheLoopback() throws Exception {
        Environment environment = environment();

        Map<?, ?> databases = (Map<?, ?>)
                DjangoSettings.of(environment, environment.host("pg1")).masked().get("DATABASES");

        assertThat(((Map<?, ?>) databases.get("p1")).get("HOST")).isEqualTo("127.0.0.1");
        assertThat(((Map<?, ?>) databases.get("p2")).get("HOST")).isEqualTo("10.0.0.6");
    }

    @Test
    void takesPortsOfHostsAndEndpointsOfPgbouncers() throws Exception {
        east.append("postgresql.yml", "host_settings:\n  pg1: {port: 7432}\n");
        east.replace("postgresql.yml", "        host: pg0\n", "        host: pg0\n        pgbouncer_host: proxy\n");

        Map<?, ?> databases = (Map<?, ?>) settings().masked().get("DATABASES");

        assertThat(((Map<?, ?>) databases.get("p1")).get("PORT")).isEqualTo("7432");
        assertThat(((Map<?, ?>) databases.get("p2")).get("HOST")).isEqualTo("10.0.0.5");
    }

    @Test
    void showsNoSecret() throws Exception {
        DjangoSettings settings = settings();

        assertThat(settings.toString() + settings.masked() + settings.json())
                .doesNotContain("example/new", "example/old", "EXAMPLENEW", "EXAMPLEOLD", "example-pg", "example-couch")
                .contains("http://10.0.0.5:8081");
    }

    @Test
    void migratesFromTheSharedDirectory() throws Exception {
        east.replace("public.yml", "BLOB_DB_MIGRATING_FROM_S3_TO_S3", "BLOB_DB_MIGRATING_FROM_FS_TO_S3");

        Map<String, Object> settings = settings().masked();

        assertThat(settings.get("BLOB_DB_MIGRATING_FROM_FS_TO_S3")).isEqualTo(true);
        assertThat(settings.get("SHARED_DRIVE_CONF")).isEqualTo(Map.of("blob_dir", "/mnt/shared_east-prod/blobdb"));
        assertThat(settings).doesNotContainKey("OLD_S3_BLOB_DB_SETTINGS");
        assertThat(((Map<?, ?>) settings.get("S3_BLOB_DB_SETTINGS")).get("url")).isEqualTo("http://10.0.0.5:8080");
    }

    @Test
    void letsTheLocalsettingsMapWin() throws Exception {
        east.append("public.yml", """
                  OLD_S3_BLOB_DB_SETTINGS: {url: "http://10.9.9.9:9000", access_key: "{{ secrets.OLD_S3_BLOB_DB_ACCESS_KEY }}"}
                  USE_PARTITIONED_DATABASE: False
                """);

        Map<String, Object> settings = Json.readObject(settings().json().reveal(), "settings");

        assertThat(settings.get("OLD_S3_BLOB_DB_SETTINGS"))
                .isEqualTo(Map.of("url", "http://10.9.9.9:9000", "access_key", "EXAMPLEOLD"));
        assertThat(settings.get("USE_PARTITIONED_DATABASE")).isEqualTo(false);
    }

    @Test
    void acceptsTheKeyNamesOfLaterYearsForACluster() throws Exception {
        east.replace("vault.yml", "RIAKCS_S3_ACCESS_KEY", "S3_ACCESS_KEY");
        east.replace("vault.yml", "RIAKCS_S3_SECRET_KEY", "S3_SECRET_KEY");

        assertThat(settings().json().reveal()).contains("\"access_key\":\"EXAMPLENEW\"");
    }

    private DjangoSettings settings() throws Exception {
        return DjangoSettings.of(environment());
    }

    private Environment environment() throws Exception {
        return Environment.load(root, "east", new VaultPassword(Map.of(), SecretPrompt.NONE));
    }
}
