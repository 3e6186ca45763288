package org.cchq.migrate.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.kind.blobs.HqSettings;
import org.cchq.migrate.kind.doctypes.DoctypeSettings;
import org.cchq.migrate.kind.doctypes.Migrator;
import org.cchq.migrate.vault.SecretPrompt;
import org.cchq.migrate.vault.VaultPassword;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples that operators start from load, and lead to these settings: -Dgolden.update=true writes them anew. */
class ExampleEnvironmentsTest {
    @ParameterizedTest
    @ValueSource(strings = {"example-cluster", "example-external"})
    void leadsToSettingsThatTheAgentAccepts(String name) throws Exception {
        Environment environment =
                Environments.find(Map.of(), Path.of(".")).load(name, new VaultPassword(Map.of(), SecretPrompt.NONE));

        String settings = DjangoSettings.of(environment).json().reveal();

        assertThatCode(() -> HqSettings.of(Json.readObject(settings, name))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"example-cluster", "example-external", "sandbox"})
    void passesTheCheckWithoutAWarning(String name) throws Exception {
        EnvironmentCheck check =
                Environments.find(Map.of(), Path.of(".")).check(name, new VaultPassword(Map.of(), SecretPrompt.NONE));

        assertThat(check.remarks())
                .filteredOn(remark -> remark.level() != Remark.Level.NOTE)
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"example-cluster", "example-external"})
    void leadsToTheExpectedSettings(String name) throws Exception {
        Path golden = Path.of("src/test/resources/environments/" + name + ".json");
        Environment environment =
                Environments.find(Map.of(), Path.of(".")).load(name, new VaultPassword(Map.of(), SecretPrompt.NONE));
        TargetHost host = environment.hosts("django_manage[0]").get(0);

        String settings = DjangoSettings.of(environment, host).json().reveal();

        String pretty = Json.writePretty(Json.readObject(settings, name)) + "\n";
        if (Boolean.getBoolean("golden.update")) {
            Files.createDirectories(golden.getParent());
            Files.writeString(golden, pretty);
        }
        assertThat(pretty).isEqualTo(Files.readString(golden));
    }

    @Test
    void theExampleOfDocumentTypesIsWhatTheAgentKnowsWithoutIt() throws Exception {
        Environments environments = Environments.find(Map.of(), Path.of("."));
        VaultPassword none = new VaultPassword(Map.of(), SecretPrompt.NONE);
        Environment with = environments.load("example-cluster", none);
        Environment without = environments.load("sandbox", none);

        assertThat(DoctypeSettings.of(
                                Json.readObject(DjangoSettings.of(with).json().reveal(), "settings"))
                        .migrators())
                .isEqualTo(Migrator.OF_HQ);
        assertThat(without.doctypeMigrations()).isEqualTo(List.copyOf(new TreeSet<>(Migrator.OF_HQ.keySet())));
    }
}
