package org.cchq.migrate.testing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.cchq.migrate.environment.DjangoSettings;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.vault.SecretPrompt;
import org.cchq.migrate.vault.VaultPassword;
import org.junit.jupiter.api.Test;

/** The committed environment stays readable. */
class SandboxEnvironmentTest {
    @Test
    void environmentsSandboxHasNoProblem() throws Exception {
        Environment sandbox =
                Environment.load(Path.of("environments"), "sandbox", new VaultPassword(Map.of(), SecretPrompt.NONE));

        assertThat(DjangoSettings.of(sandbox).masked())
                .extracting("S3_BLOB_DB_SETTINGS.url", "OLD_S3_BLOB_DB_SETTINGS.url")
                .containsExactly("http://127.0.0.1:8081", "http://127.0.0.1:8080");
        assertThat(sandbox.hosts("django_manage")).hasSize(1);
        assertThat(sandbox.remoteUser()).isEqualTo("root");
        assertThat(sandbox.cchqUser()).isEqualTo("nobody");
        assertThat(sandbox.inventory().hostsMatching("riakcs"))
                .isNotEqualTo(sandbox.inventory().hostsMatching("riakcs_new"));
    }
}
