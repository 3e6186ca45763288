package org.cchq.migrate.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.Samples;
import org.cchq.migrate.vault.SecretPrompt;
import org.cchq.migrate.vault.VaultPassword;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real environments lead to the blob settings that the original's own playbooks computed. */
class SampleBlobSettingsTest {
    /** Every secret's value is its own name, as in the expected results. */
    private static final String VAULT = """
            secrets:
              RIAKCS_S3_ACCESS_KEY: secrets.RIAKCS_S3_ACCESS_KEY
              RIAKCS_S3_SECRET_KEY: secrets.RIAKCS_S3_SECRET_KEY
              OLD_S3_BLOB_DB_ACCESS_KEY: secrets.OLD_S3_BLOB_DB_ACCESS_KEY
              OLD_S3_BLOB_DB_SECRET_KEY: secrets.OLD_S3_BLOB_DB_SECRET_KEY
              POSTGRES_USERS: {commcare: {username: pguser, password: pgpassword}}
            localsettings_private: {COUCH_USERNAME: couch, COUCH_PASSWORD: couch}
            """;

    @TempDir
    Path root;

    @ParameterizedTest
    @CsvSource({
        "production-2018/2-dual, production-2018.2-dual",
        "production-2018/4-temp-flip, production-2018.4-temp-flip",
        "production-2018/5-final, production-2018.5-final",
        "development-2019, development-2019",
    })
    void agreesWithTheOriginal(String directory, String expectedName) throws Exception {
        Path samples = Samples.directory();
        Map<String, Object> expected = Json.readObject(
                Files.readString(samples.resolve("expected/blob/" + expectedName + ".json")), expectedName);
        copyWithVault(samples.resolve(directory));

        DjangoSettings settings =
                DjangoSettings.of(Environment.load(root, "copy", new VaultPassword(Map.of(), SecretPrompt.NONE)));

        Map<String, Object> actual = Json.readObject(settings.json().reveal(), "settings");
        assertThat(store(actual.get("S3_BLOB_DB_SETTINGS"))).isEqualTo(expected.get("S3_BLOB_DB_SETTINGS"));
        assertThat(store(actual.get("OLD_S3_BLOB_DB_SETTINGS"))).isEqualTo(expected.get("OLD_S3_BLOB_DB_SETTINGS"));
        assertThat(actual.getOrDefault("BLOB_DB_MIGRATING_FROM_S3_TO_S3", false))
                .isEqualTo(expected.get("BLOB_DB_MIGRATING_FROM_S3_TO_S3"));
    }

    @ParameterizedTest
    @CsvSource("production-2018/2-dual")
    void readsTheDatabasesOf2018(String directory) throws Exception {
        copyWithVault(Samples.directory().resolve(directory));

        DjangoSettings settings =
                DjangoSettings.of(Environment.load(root, "copy", new VaultPassword(Map.of(), SecretPrompt.NONE)));

        Map<?, ?> databases = (Map<?, ?>) settings.masked().get("DATABASES");
        assertThat(List.copyOf(databases.keySet()))
                .isEqualTo(List.of("default", "proxy", "p1", "p2", "p3", "p4", "p5", "ucr"));
        Map<?, ?> last = (Map<?, ?>) databases.get("p5");
        assertThat(last.get("HOST")).isEqualTo("hqdb1.internal-va.commcarehq.org");
        assertThat(last.get("PORT")).isEqualTo("6432");
        assertThat(last.get("PLPROXY")).isEqualTo(Map.of("SHARDS", List.of(820, 1023)));
        assertThat(settings.masked().get("USE_PARTITIONED_DATABASE")).isEqualTo(true);
    }

    /** The expected files show the signature beside the other keys instead of within config. */
    private static Object store(Object settings) {
        if (!(settings instanceof Map<?, ?> map)) {
            return settings;
        }
        Map<Object, Object> flat = new HashMap<>(map);
        flat.putAll((Map<?, ?>) flat.remove("config"));
        return flat;
    }

    private void copyWithVault(Path sample) throws Exception {
        Path copy = Files.createDirectory(root.resolve("copy"));
        try (Stream<Path> files = Files.list(sample)) {
            for (Path file : files.toList()) {
                Files.write(copy.resolve(file.getFileName()), Files.readAllBytes(file));
            }
        }
        Files.writeString(copy.resolve("vault.yml"), VAULT);
    }
}
