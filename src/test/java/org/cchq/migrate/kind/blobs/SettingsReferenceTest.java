package org.cchq.migrate.kind.blobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.cchq.migrate.hq.CouchDatabasesReader;
import org.cchq.migrate.hq.DatabasesReader;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.store.blob.S3Settings;
import org.cchq.migrate.store.row.DatabaseSpec;
import org.junit.jupiter.api.Test;

/** docs/reference/settings.md: its example is one that the agent takes, and no name is missing in it. */
class SettingsReferenceTest {
    private static String page() throws Exception {
        return Files.readString(Path.of("docs/reference/settings.md"));
    }

    @Test
    void theExampleIsTakenWithoutAWarning() throws Exception {
        String page = page();
        int begin = page.indexOf("```json\n") + "```json\n".length();
        String example = page.substring(begin, page.indexOf("```\n", begin));

        HqSettings settings = HqSettings.of(Json.readObject(example, "the example"));

        assertThat(settings.warnings()).isEmpty();
        assertThat(settings.blobDb().requireMigrating().toString()).contains("https://new-s3.example.com:8443");
        assertThat(settings.databases().aliases()).containsExactly("p1", "p2");
        assertThat(settings.databases().count()).isEqualTo(1024);
    }

    @Test
    void everyNameThatIsReadIsOnThePage() throws Exception {
        String page = page();
        for (Collection<String> names : List.of(
                S3SettingsReader.KEYS,
                DatabasesReader.DATABASE_KEYS,
                CouchDatabasesReader.KEYS,
                DatabaseSpec.KNOWN_OPTIONS)) {
            assertThat(names).allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
        }
        assertThat(S3SettingsReader.CONFIG_KEYS)
                .allSatisfy(name -> assertThat(page).contains("`config." + name + "`"));
    }

    @Test
    void theTimeLimitsAreThoseOfTheProgram() throws Exception {
        assertThat(page())
                .contains("| `config.connect_timeout` | seconds | " + S3Settings.DEFAULT_CONNECT_TIMEOUT.toSeconds()
                        + " |")
                .contains("| `config.read_timeout` | seconds | " + S3Settings.DEFAULT_READ_TIMEOUT.toSeconds() + " |");
    }
}
