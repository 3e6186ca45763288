package org.cchq.migrate.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.ssh.Become;
import org.cchq.migrate.ssh.RemoteShell;
import org.cchq.migrate.ssh.SshConnection;
import org.cchq.migrate.ssh.SshSettings;
import org.cchq.migrate.ssh.SshTarget;
import org.cchq.migrate.testing.SshServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentPushIT {
    private static SshServer server;

    @TempDir
    static Path cache;

    @TempDir
    Path directory;

    private SshConnection connection;
    private RemoteShell shell;
    private String home;
    private Artifact jar;

    @BeforeAll
    static void start() throws Exception {
        server = SshServer.start();
    }

    @AfterAll
    static void stop() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void connect() throws Exception {
        connection = SshConnection.connect(
                new SshTarget("web0", server.address(), server.port(), server.user()),
                SshSettings.of(server.knownHosts(), true, List.of(server.privateKey()), warning -> {}));
        shell = RemoteShell.as(new Become(server.serviceUser(), Optional.empty()), connection);
        home = shell.require("make a directory", "mktemp -d /tmp/cchq-push-XXXXXX")
                .strip();
        jar = Artifact.of(Files.writeString(directory.resolve("agent.jar"), "not a jar, and nobody starts it here"));
    }

    @AfterEach
    void disconnect() throws Exception {
        shell.run("rm -rf " + home);
        connection.close();
    }

    @Test
    void pushesRuntimeAndAgentOnceAndNothingTheSecondTime() throws Exception {
        HostBase base = HostBase.of(shell, Optional.of(home + "/a directory"));
        AgentPush push = new AgentPush(jar, cache, JavaChoice.PUSHED);

        InstalledAgent first = push.to(base);
        InstalledAgent second = new AgentPush(jar, cache, JavaChoice.PUSHED).to(base);
        InstalledAgent known = push.to(base);

        assertThat(first.steps()).hasSize(2).allSatisfy(step -> assertThat(step).contains("pushed"));
        assertThat(first.bytes()).isGreaterThan(10_000_000);
        assertThat(second.steps()).containsExactly("runtime image: already there", "agent: already there");
        assertThat(second.bytes()).isZero();
        assertThat(second.java()).isEqualTo(first.java());
        assertThat(known).isEqualTo(new InstalledAgent(first.java(), first.jar(), List.of(), 0));
        assertThat(shell.run("'" + first.java() + "' -version").stderr()).contains("version \"");
        assertThat(shell.require(
                        "look", "find '" + base.directory() + "' -maxdepth 2 -mindepth 1 -printf '%P %m\\n' | sort"))
                .isEqualTo("agent 700\nagent/" + jar.sha256() + ".jar 400\njobs 700\nruntime 700\nruntime/"
                        + RuntimeImage.of(cache).sha256() + " 700\n");
    }

    @Test
    void previewsAndChangesNothing() throws Exception {
        HostBase base = HostBase.of(shell, Optional.of(home + "/new"));

        List<String> steps = new AgentPush(jar, cache, JavaChoice.PUSHED).preview(base);

        assertThat(steps).hasSize(2).last().asString().startsWith("push the agent");
        assertThat(shell.run("[ -e '" + home + "/new' ]").ok()).isFalse();
    }

    @Test
    void usesAJavaOfTheHost() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        HostBase base = HostBase.of(shell, Optional.of(home));

        InstalledAgent installed = new AgentPush(jar, cache, JavaChoice.of(Optional.of(java))).to(base);

        assertThat(installed.java()).isEqualTo(java);
        assertThat(installed.steps()).first().asString().contains("of the host is used");
    }

    @Test
    void refusesAJavaThatIsNotOneAndOneThatIsTooOld() throws Exception {
        HostBase base = HostBase.of(shell, Optional.of(home));
        shell.require(
                "make an old Java",
                "printf '#!/bin/sh\\necho \"    java.specification.version = 1.8\" >&2\\n' > " + home
                        + "/java8 && chmod 755 " + home + "/java8");

        assertThatThrownBy(() -> new AgentPush(jar, cache, JavaChoice.of(Optional.of("/no/such/java"))).to(base))
                .isInstanceOf(EndpointException.class)
                .hasMessageContaining("/no/such/java (cchq_migrate_java)")
                .hasMessageContaining("web0");
        assertThatThrownBy(() -> new AgentPush(jar, cache, JavaChoice.of(Optional.of(home + "/java8"))).to(base))
                .hasMessageContaining("it is Java 8, and the agent needs 17 or newer");
    }

    @Test
    void tellsTheAlternativesWhereTheImageDoesNotRun() throws Exception {
        // An image as jlink makes it, but its java is one that the loader refuses.
        Path image = directory.resolve("image/bin");
        Files.createDirectories(image);
        Files.writeString(
                image.resolve("java"),
                "#!/bin/sh\necho \"java: /lib/libc.so.6: version 'GLIBC_2.34' not found (required by java)\" >&2; exit 1\n");
        image.resolve("java").toFile().setExecutable(true);
        Path broken = Files.createDirectories(directory.resolve("cache"));
        Path archive = broken.resolve(RuntimeImage.of(cache).file().getFileName());
        new ProcessBuilder(
                        "tar",
                        "-czf",
                        archive.toString(),
                        "-C",
                        directory.resolve("image").toString(),
                        "bin")
                .start()
                .waitFor();
        HostBase base = HostBase.of(shell, Optional.of(home));

        assertThatThrownBy(() -> new AgentPush(jar, broken, JavaChoice.PUSHED).to(base))
                .isInstanceOf(EndpointException.class)
                .hasMessageContaining("GLIBC_2.34")
                .hasMessageContaining("cchq_migrate_java")
                .hasMessageContaining("Temurin");
        assertThat(shell.require("look", "ls -A " + home + "/runtime")).isEmpty();
    }

    @Test
    void namesTheSettingWhereTheDirectoryCannotBeMade() throws Exception {
        HostBase base = HostBase.of(shell, Optional.of("/proc/cchq-migrate"));

        assertThatThrownBy(() -> new AgentPush(jar, cache, JavaChoice.PUSHED).to(base))
                .hasMessageContaining("/proc/cchq-migrate")
                .hasMessageContaining("cchq_migrate_home");
    }
}
