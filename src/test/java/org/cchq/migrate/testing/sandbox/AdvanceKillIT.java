package org.cchq.migrate.testing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.cli.StoppingController;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.stage.FileStage;
import org.cchq.migrate.stage.Stage;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.RequiredProgram;
import org.cchq.migrate.vault.SecretPrompt;
import org.cchq.migrate.vault.VaultPassword;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * kill -9 of the controller on the way to dual, on real hosts, wherever files or hosts are in another state than at the point
 * before: the same command goes on each time, and the site, which works all the while, notices nothing.
 */
@Timeout(1800)
class AdvanceKillIT {
    private static final String POINTS = "before step [178]|after edit .*|after deploying .*|before restarting .*";

    @Test
    void killedAtEachStepTheSameCommandGoesOn() throws Exception {
        RequiredProgram.find("nginx", "nginx");
        RequiredProgram.find("sshd", "openssh-server");
        RequiredProgram.find("python3", "python3");
        Truth truth = new Truth();
        try (Sandbox sandbox = Sandbox.start(Path.of("").toAbsolutePath())) {
            SiteProcesses site = sandbox.site();
            site.give(List.of(), 20);
            site.start();
            sandbox.edits().updateVault();
            List<String> killed = new ArrayList<>();
            StringBuilder said = new StringBuilder();
            while (!reachesItsEnd(sandbox, killed, said)) {
                assertThat(stage(sandbox)).isIn(Stage.BEFORE, Stage.DUAL);
            }
            assertThat(said.toString()).contains("sandbox is at dual");
            assertThat(killed)
                    .contains("before step 1", "before step 7", "after edit migrating", "after deploying PROXY")
                    .contains("after deploying LOCALSETTINGS", "before restarting 127.0.0.13")
                    .contains("before restarting 127.0.0.14");
            assertThat(stage(sandbox)).isEqualTo(Stage.DUAL);
            long puts = puts(site);
            Eventually.holds("the site to go on", Duration.ofSeconds(60), () -> puts(site) >= puts + 30);
            site.stop();
            site.tell(truth);
            assertThat(site.failures()).isEmpty();
            assertThat(sandbox.target().contents()).isNotEmpty();
        }
    }

    /** Runs the controller and kills it where it stands still; true if it did not any more. */
    private static boolean reachesItsEnd(Sandbox sandbox, List<String> killed, StringBuilder said) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                StoppingController.class.getName(),
                "newriak0=127.0.0.3",
                POINTS));
        command.addAll(killed);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "HOME",
                        sandbox.scratch().directory().toString(),
                        "USER",
                        "ann",
                        "COMMCARE_CLOUD_ENVIRONMENTS",
                        sandbox.environments().toString(),
                        "CCHQ_MIGRATE_AGENT_JAR",
                        Path.of("target/cchq-migrate-agent.jar")
                                .toAbsolutePath()
                                .toString()));
        Process controller = builder.start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(controller.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                said.append(line).append('\n');
                if (line.startsWith("AT ")) {
                    killed.add(line.substring(3));
                    return false;
                }
            }
            assertThat(controller.waitFor()).as(said.toString()).isZero();
            return true;
        } finally {
            controller.destroyForcibly().waitFor();
        }
    }

    private static Stage stage(Sandbox sandbox) throws Exception {
        Environment environment =
                Environment.load(sandbox.environments(), "sandbox", new VaultPassword(Map.of(), SecretPrompt.NONE));
        return FileStage.of(environment).require();
    }

    private static long puts(SiteProcesses site) throws Exception {
        return ((Number) site.counts().get("put")).longValue();
    }
}
