package org.cchq.migrate.testing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
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
                .doesNotContainKey("OLD_S3_BLOB_DB_SETTINGS")
                .extracting("S3_BLOB_DB_SETTINGS.url")
                .isEqualTo("http://127.0.0.11:8080");
        for (String group : List.of("proxy", "django_manage", "webworkers", "celery")) {
            assertThat(sandbox.hosts(group)).as(group).hasSize(1);
        }
        assertThat(sandbox.remoteUser()).isEqualTo("root");
        assertThat(sandbox.cchqUser()).isEqualTo("cchq");
    }
}
