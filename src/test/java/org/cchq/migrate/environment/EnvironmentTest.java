package org.cchq.migrate.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.testing.Samples;
import org.cchq.migrate.vault.SecretPrompt;
import org.cchq.migrate.vault.VaultPassword;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentTest {
    private static final VaultPassword NO_PASSWORD = new VaultPassword(Map.of(), SecretPrompt.NONE);

    @TempDir
    Path checkout;

    private EnvironmentDirectory east;

    @BeforeEach
    void writeAnEnvironment() throws Exception {
        east = EnvironmentDirectory.valid(checkout.resolve("environments"), "east");
    }

    @Test
    void readsHowToReachAHost() throws Exception {
        TargetHost host = load().host("django_manage");

        assertThat(host.name()).isEqualTo("10.0.0.4");
        assertThat(host.displayName()).isEqualTo("web0-east");
        assertThat(host.address()).isEqualTo("127.0.0.1");
        assertThat(host.port()).isEqualTo(2222);
        assertThat(host.user()).isEqualTo("deployer");
        assertThat(host.encryptedRoot()).isEqualTo("/opt/data/ecrypt");
        assertThat(host.privateKeyFile()).contains(east.directory().resolve("keys/id_ed25519"));
    }

    @Test
    void fillsInDefaults() throws Exception {
        TargetHost host = load().host("10.0.0.5");

        assertThat(host)
                .isEqualTo(new TargetHost(
                        "10.0.0.5", "10.0.0.5", "10.0.0.5", 22, "ansible", Optional.empty(), "/opt/data"));
    }

    @Test
    void takesThePathsOfTheSiteFromDeployEnvNotFromTheDirectory() throws Exception {
        Environment environment = load();

        assertThat(environment.name()).isEqualTo("east");
        assertThat(environment.deployEnv()).isEqualTo("east-prod");
        assertThat(environment.codeDirectory()).isEqualTo("/home/cchq/www/east-prod/current");
        assertThat(environment.sharedDirectory()).isEqualTo("/mnt/shared_east-prod");
    }

    @Test
    void keepsTheSudoPasswordSecret() throws Exception {
        Environment environment = load();

        assertThat(environment.sudoPassword()).contains(new Secret("example-sudo"));
        assertThat(environment + " " + environment.sudoPassword()).doesNotContain("example-sudo");
    }

    @Test
    void checksHostKeysUnlessTheEnvironmentSaysNo() throws Exception {
        assertThat(load().strictHostKeyChecking()).isTrue();

        east.append("public.yml", "commcare_cloud_strict_host_key_checking: no\n");
        assertThat(load().strictHostKeyChecking()).isFalse();

        east.write("known_hosts", "10.0.0.4 ssh-ed25519 AAAA\n");
        assertThat(load().strictHostKeyChecking()).isTrue();
        assertThat(load().knownHostsFile()).contains(east.directory().resolve("known_hosts"));
    }

    @Test
    void readsSshArguments() throws Exception {
        east.append("public.yml", """
                commcare_cloud_ssh_args:
                  - -o IdentityFile=/keys/ops
                  - -o StrictHostKeyChecking=no
                  - -o ProxyCommand=ssh -W %h:%p bastion
                """);
        Environment environment = load();

        assertThat(environment.host("10.0.0.5").privateKeyFile()).contains(Path.of("/keys/ops"));
        assertThat(environment.strictHostKeyChecking()).isFalse();
        assertThat(environment.unsupportedSshArguments()).containsExactly("ProxyCommand=ssh -W %h:%p bastion");
    }

    @Test
    void namesTheNearestEnvironment() throws Exception {
        Environments environments = Environments.find(Map.of(), checkout);

        assertThat(environments.names()).containsExactly("east");
        assertThatThrownBy(() -> environments.load("eats", NO_PASSWORD))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("no environment 'eats'; did you mean 'east'?");
    }

    @Test
    void honoursTheVariableForTheRoot() throws Exception {
        Path elsewhere = Files.createDirectory(checkout.resolve("elsewhere"));
        EnvironmentDirectory.valid(elsewhere, "west");

        assertThat(Environments.find(Map.of(Environments.VARIABLE, elsewhere.toString()), checkout)
                        .names())
                .containsExactly("west");
    }

    @Test
    void readsTheLayoutOf2018AndOfToday() throws Exception {
        Path samples = Samples.directory();

        Environment old = Environment.load(samples.resolve("production-2018"), "2-dual", NO_PASSWORD);
        assertThat(old.deployEnv()).isEqualTo("production");
        assertThat(old.sharedDirectory()).isEqualTo("/mnt/shared");

        Environment development = Environment.load(samples, "development-2019", NO_PASSWORD);
        assertThat(development.deployEnv()).isEqualTo("dev");
        assertThat(development.remoteUser()).isEqualTo("vagrant");

        Environment test = Environment.load(samples, "test-2026", NO_PASSWORD);
        assertThat(test.host("redis.fake").user()).isEqualTo("admin");
        assertThat(test.strictHostKeyChecking()).isFalse();
        assertThat(test.unsupportedSshArguments()).hasSize(1);
    }

    private Environment load() throws UserException {
        return Environment.load(checkout.resolve("environments"), "east", NO_PASSWORD);
    }
}
