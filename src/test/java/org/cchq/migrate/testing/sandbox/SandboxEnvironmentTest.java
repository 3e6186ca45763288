package org.cchq.migrate.testing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.vault.VaultPassword;
import org.junit.jupiter.api.Test;

/** The committed environment stays readable. */
class SandboxEnvironmentTest {
    @Test
    void environmentsSandboxHasNoProblem() throws Exception {
        Environment sandbox = Environment.load(
                Path.of("environments"), "sandbox", new VaultPassword(Map.of(), question -> Optional.empty()));

        assertThat(sandbox.hosts("django_manage")).hasSize(1);
        assertThat(sandbox.remoteUser()).isEqualTo("root");
        assertThat(sandbox.cchqUser()).isEqualTo("nobody");
        assertThat(sandbox.inventory().hostsMatching("riakcs"))
                .isNotEqualTo(sandbox.inventory().hostsMatching("riakcs_new"));
    }
}
