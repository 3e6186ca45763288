package org.cchq.migrate.testing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.environment.DjangoSettings;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.ssh.SshConnection;
import org.cchq.migrate.ssh.SshSettings;
import org.cchq.migrate.ssh.SshTarget;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.Ports;
import org.cchq.migrate.testing.RequiredProgram;
import org.cchq.migrate.vault.SecretPrompt;
import org.cchq.migrate.vault.VaultPassword;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxIT {
    private static final Path CHECKOUT = Path.of("").toAbsolutePath();

    @BeforeAll
    static void programs() {
        RequiredProgram.find("nginx", "nginx");
        RequiredProgram.find("sshd", "openssh-server");
        RequiredProgram.find("sudo", "sudo");
    }

    @Test
    void servesBothClustersThroughNginxAndLeavesNothing() throws Exception {
        Sandbox sandbox = Sandbox.start(CHECKOUT);
        Path directory = sandbox.scratch().directory();
        List<Long> pids = sandbox.parts().stream().map(Part::pid).toList();
        byte[] large = new byte[(9 << 20) + 1];
        try (sandbox) {
            sandbox.makeDual();
            sandbox.oldForSite().put("form/a b{c}+%/é", "old".getBytes(StandardCharsets.UTF_8));
            sandbox.targetForSite().put("large", large);

            assertThat(sandbox.oldForSite().list()).containsOnlyKeys("form/a b{c}+%/é");
            assertThat(sandbox.oldForSite().get("form/a b{c}+%/é"))
                    .hasValueSatisfying(bytes -> assertThat(bytes).asString().isEqualTo("old"));
            assertThat(sandbox.targetForSite().list()).containsEntry("large", (long) large.length);
            assertThat(sandbox.targetForSite().get("form/a b{c}+%/é")).isEmpty();
            for (String alias : ParentShard.ALIASES) {
                sandbox.databases().connect("commcarehq_" + alias).close();
            }
        }

        assertThat(directory).doesNotExist();
        for (long pid : pids) {
            if (pid != 0 && pid != ProcessHandle.current().pid()) {
                Eventually.holds("process " + pid + " is gone", Duration.ofSeconds(20), () -> !runs(pid));
            }
        }
    }

    /** A process that has ended stays in the table until its parent looks; an orphan's parent is not ours to hurry. */
    private static boolean runs(long pid) throws IOException {
        Path stat = Path.of("/proc", Long.toString(pid), "stat");
        try {
            String text = Files.readString(stat);
            return text.charAt(text.lastIndexOf(')') + 2) != 'Z';
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    @Test
    void deniesSingleKeysOnTheOldClusterUntilAllowed() throws Exception {
        try (Sandbox sandbox = Sandbox.start(CHECKOUT)) {
            assertThat(Ports.answers(sandbox.newPort())).isFalse();
            sandbox.oldForSite().put("secret", new byte[3]);
            sandbox.oldForSite().put("open", new byte[3]);
            sandbox.old().deny("secret");

            assertThatThrownBy(() -> sandbox.oldForSite().get("secret"))
                    .isInstanceOf(PlainS3.Refused.class)
                    .hasMessageContaining("403")
                    .hasMessageContaining("AccessDenied");
            assertThat(sandbox.oldForSite().get("open")).isPresent();

            sandbox.old().allowAll();
            assertThat(sandbox.oldForSite().get("secret")).isPresent();
        }
    }

    @Test
    void describesItselfAsAnEnvironmentBeforeAndInTheDualStage() throws Exception {
        try (Sandbox sandbox = Sandbox.start(CHECKOUT)) {
            String proxy = "http://127.0.0.11:";
            assertThat(settings(sandbox))
                    .doesNotContainKeys("BLOB_DB_MIGRATING_FROM_S3_TO_S3", "OLD_S3_BLOB_DB_SETTINGS")
                    .extracting("S3_BLOB_DB_SETTINGS.url", "S3_BLOB_DB_SETTINGS.access_key")
                    .containsExactly(proxy + sandbox.oldPort(), "********");
            assertThat(settings(sandbox))
                    .extracting("DATABASES.p4.PORT")
                    .hasToString(Integer.toString(sandbox.databases().port()));

            sandbox.makeDual();

            assertThat(settings(sandbox))
                    .containsEntry("BLOB_DB_MIGRATING_FROM_S3_TO_S3", true)
                    .extracting("S3_BLOB_DB_SETTINGS.url", "OLD_S3_BLOB_DB_SETTINGS.url")
                    .containsExactly(proxy + sandbox.newPort(), proxy + sandbox.oldPort());
        }
    }

    private static Map<String, Object> settings(Sandbox sandbox) throws Exception {
        return DjangoSettings.of(environment(sandbox)).masked();
    }

    private static Environment environment(Sandbox sandbox) throws Exception {
        return Environment.load(sandbox.environments(), "sandbox", new VaultPassword(Map.of(), SecretPrompt.NONE));
    }

    /** Each host is reached by its own address with strict checking, and is nobody else. */
    @Test
    void hasHostsOfTheirOwn() throws Exception {
        try (Sandbox sandbox = Sandbox.start(CHECKOUT)) {
            Environment environment = environment(sandbox);
            assertThat(environment.strictHostKeyChecking()).isTrue();
            for (String name : List.of("proxy0", "manage0", "web0", "worker0")) {
                TargetHost host = environment.host(name);
                SshSettings settings = SshSettings.of(
                        environment.knownHostsFile().orElseThrow(),
                        true,
                        List.copyOf(host.privateKeyFile().stream().toList()),
                        text -> {});
                try (SshConnection connection = SshConnection.connect(
                        new SshTarget(host.name(), host.address(), host.port(), host.user()), settings)) {
                    String marker = sandbox.host(name).data().resolve("marker").toString();
                    String data = environment.setting(host, "encrypted_root").orElse("/opt/data");
                    assertThat(connection
                                    .exec("touch " + data + "/marker; stat -c %U '"
                                            + sandbox.host(name).localSettings() + "'")
                                    .stdout()
                                    .strip())
                            .isEqualTo(sandbox.serviceUser());
                    assertThat(Path.of(marker)).exists();
                }
            }
            assertThat(Path.of("/opt/data/marker")).doesNotExist();
            assertThat(Files.readString(sandbox.host("proxy0").localSettings()))
                    .contains("S3_BLOB_DB_SETTINGS")
                    .doesNotContain("OLD_S3_BLOB_DB_SETTINGS");
        }
    }

    /** When the sandbox cannot clean up itself, its guard does. */
    @Test
    void leavesNothingWhenItIsKilled(@TempDir Path state) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        SandboxMain.class.getName(),
                        CHECKOUT.toString(),
                        state.toString())
                .redirectErrorStream(true)
                .redirectOutput(state.resolve("log").toFile())
                .start();
        Eventually.holds(
                "sandbox to be up, see its log",
                Duration.ofSeconds(60),
                () -> Files.exists(state.resolve("status")) || !process.isAlive());
        assertThat(state.resolve("status")).exists();
        Path directory = Files.readSymbolicLink(state.resolve("environments")).getParent();
        Scratch scratch = new Scratch(directory);
        assertThat(scratch.processes()).isNotEmpty();

        process.destroyForcibly().waitFor();

        Eventually.holds("directory to go", Duration.ofSeconds(30), () -> !Files.exists(directory));
        Eventually.holds(
                "processes to end",
                Duration.ofSeconds(30),
                () -> scratch.processes().isEmpty());
    }

    /** Secrets of a sandbox are only for the user who started it. */
    @Test
    void hidesItsEnvironmentFromOthers() throws Exception {
        try (Sandbox sandbox = Sandbox.start(CHECKOUT)) {
            assertThat(Files.getPosixFilePermissions(sandbox.environments()))
                    .noneMatch(permission -> permission.name().startsWith("OTHERS"));
        }
    }
}
