package org.cchq.migrate.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.cchq.migrate.testing.SshAgentProcess;
import org.cchq.migrate.testing.SshServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that only a real ssh-agent holds, on a real sshd. */
@Timeout(60)
class SshAgentIT {
    private SshServer server;
    private SshAgentProcess agent;
    private Path directory;

    @BeforeEach
    void start() throws Exception {
        directory = Files.createTempDirectory(Path.of("/tmp"), "cchq-agent-");
        server = SshServer.start();
        agent = SshAgentProcess.start(directory);
    }

    @AfterEach
    void stop() throws Exception {
        if (agent != null) {
            agent.close();
        }
        if (server != null) {
            server.close();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ed25519", "rsa", "ecdsa"})
    void logsInWithAKeyOfEachTypeThatIsInNoFile(String type) throws Exception {
        Path other = key("other", "ed25519");
        agent.add(other);
        Path key = key("key", type);
        agent.add(key);
        Files.delete(key);
        server.authorizeOnly(Path.of(key + ".pub"));
        Files.delete(other);

        try (SshConnection connection = connect(List.of(), false)) {
            // What is not asked for is not forwarded either.
            assertThat(connection.exec("echo \"in <$SSH_AUTH_SOCK>\"").stdout()).isEqualTo("in <>\n");
        }
    }

    @Test
    void ofTheAgentsKeysOnlyTheConfiguredOnesAreOfferedWhereTheConfigurationSaysSo() throws Exception {
        Path key = key("key", "ed25519");
        agent.add(key);
        server.authorizeOnly(Path.of(key + ".pub"));
        Files.delete(key);

        assertThatThrownBy(() -> connect(List.of(directory.resolve("elsewhere")), true))
                .hasMessageContaining("there is no private key to offer")
                .hasMessageContaining(agent.socket().toString());
        connect(List.of(key), true).close();
        connect(List.of(Path.of(key + ".pub")), true).close();
    }

    @Test
    void theConfiguredKeyComesFirstSoThatAFullAgentDoesNotExhaustTheServer() throws Exception {
        for (int i = 0; i < 8; i++) {
            agent.add(key("other" + i, "ed25519"));
        }
        Path key = key("key", "ed25519");
        server.authorizeOnly(Path.of(key + ".pub"));

        connect(List.of(key), false).close();
        server.authorizeOnly(server.privateKey().resolveSibling("client_key.pub"));
        assertThatThrownBy(() -> connect(List.of(key), false))
                .hasMessageContaining(" of 9 keys. Name the right one")
                .hasMessageContaining("IdentitiesOnly");
    }

    @Test
    void anAgentThatIsGoneIsSaidAndTheKeyFilesAreTried() throws Exception {
        agent.close();
        agent = null;

        SshSettings settings = SshSettings.of(server.knownHosts(), true, List.of(server.privateKey()), warning -> {})
                .withAgent(Optional.of(directory.resolve("agent.socket")), false);
        SshConnection.connect(target(), settings).close();
        server.authorizeOnly(Path.of(key("other", "ed25519") + ".pub"));
        assertThatThrownBy(() -> SshConnection.connect(target(), settings))
                .hasMessageContaining("none of the keys is accepted")
                .hasMessageContaining("agent.socket (it does not answer)");
    }

    @Test
    void theConfigurationSaysWhichAgentAndWhichKeys() throws Exception {
        Path home = Files.createDirectories(directory.resolve("home/.ssh")).getParent();
        Files.writeString(
                home.resolve(".ssh/config"),
                String.join(
                        "\n",
                        "Host none",
                        "  IdentityAgent none",
                        "Host own",
                        "  IdentityAgent ~/own.socket",
                        "  IdentityFile %d/.ssh/one",
                        "  IdentitiesOnly yes",
                        "Host named",
                        "  IdentityAgent $OTHER"));
        SshConfigFile config = SshConfigFile.of(home);
        Map<String, String> variables = Map.of("SSH_AUTH_SOCK", "/usual", "OTHER", "/other");

        assertThat(config.agent("none", variables)).isEmpty();
        assertThat(config.agent("own", variables)).contains(home.resolve("own.socket"));
        assertThat(config.agent("named", variables)).contains(Path.of("/other"));
        assertThat(config.agent("any", variables)).contains(Path.of("/usual"));
        assertThat(config.agent("any", Map.of())).isEmpty();
        assertThat(config.keys("own")).containsExactly(home.resolve(".ssh/one"));
        assertThat(config.identitiesOnly("own")).isTrue();
        assertThat(config.identitiesOnly("any")).isFalse();
        assertThat(config.keys("any")).contains(home.resolve(".ssh/id_ed25519"));
    }

    private SshConnection connect(List<Path> keys, boolean identitiesOnly) throws Exception {
        return SshConnection.connect(
                target(),
                SshSettings.of(server.knownHosts(), true, keys, warning -> {})
                        .withAgent(Optional.of(agent.socket()), identitiesOnly));
    }

    private SshTarget target() {
        return new SshTarget(server.address(), server.address(), server.port(), server.user());
    }

    private Path key(String name, String type) throws Exception {
        Path file = directory.resolve(name);
        new ProcessBuilder("ssh-keygen", "-q", "-t", type, "-N", "", "-C", name, "-f", file.toString())
                .start()
                .waitFor();
        return file;
    }
}
