package org.cchq.migrate.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.SshServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SshConnectionIT {
    private static SshServer server;
    private static SshConnection shared;

    @TempDir
    Path directory;

    private final List<String> warnings = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        server = SshServer.start();
        shared = SshConnection.connect(
                target(server), SshSettings.of(server.knownHosts(), true, List.of(server.privateKey()), warning -> {}));
    }

    @AfterAll
    static void stop() throws Exception {
        if (server != null) {
            shared.close();
            server.close();
        }
    }

    static List<String> hostile() {
        return ShellWordsTest.HOSTILE;
    }

    @Test
    void keepsTheStreamsAndTheExitStatusApart() throws Exception {
        try (SshConnection connection = connect(server.knownHosts(), true)) {
            CommandOutput output = connection.exec("echo out; echo err >&2; exit 7");

            assertThat(output.stdout()).isEqualTo("out\n");
            assertThat(output.stderr()).isEqualTo("err\n");
            assertThat(output.exit()).isEqualTo(new Exit(7, ""));
        }
    }

    @Test
    void tellsTheSignalThatKilledACommand() throws Exception {
        try (SshConnection connection = connect(server.knownHosts(), true)) {
            assertThat(connection.exec("kill -KILL $$").exit()).isEqualTo(new Exit(128, "KILL"));
        }
    }

    @Test
    void streamsInputOfAnySize() throws Exception {
        byte[] megabytes = new byte[9_000_001];
        new java.util.Random(1).nextBytes(megabytes);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (SshConnection connection = connect(server.knownHosts(), true)) {
            Exit exit = RemoteShell.as(service(), connection).stream(
                    "cat", new ByteArrayInputStream(megabytes), out, new ByteArrayOutputStream());

            assertThat(exit.ok()).isTrue();
            assertThat(out.toByteArray()).isEqualTo(megabytes);
        }
    }

    @Test
    void doesNotWaitForInputThatNobodyReads() throws Exception {
        try (SshConnection connection = connect(server.knownHosts(), true);
                InputStream never = new java.io.PipedInputStream(new java.io.PipedOutputStream())) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();

            Exit exit = connection.exec("echo done", never, out, new ByteArrayOutputStream());

            assertThat(exit.ok()).isTrue();
            assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("done\n");
        }
    }

    @Test
    void becomesTheServiceUser() throws Exception {
        try (SshConnection connection = connect(server.knownHosts(), true)) {
            assertThat(RemoteShell.as(service(), connection).require("ask who I am", "id -un"))
                    .isEqualTo(server.serviceUser() + "\n");
        }
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void passesHostileWordsThroughSshAndSudo(String word) throws Exception {
        String script = "printf '%s|' " + ShellWords.quote(word);

        assertThat(RemoteShell.as(service(), shared).require("print", script)).isEqualTo(word + "|");
    }

    @Test
    void refusesAnUnknownHostAndTellsTheLineToAdd() throws Exception {
        Path empty = Files.createFile(directory.resolve("known_hosts"));
        String line = Files.readString(server.knownHosts()).strip();

        assertThatThrownBy(() -> connect(empty, true))
                .isInstanceOfSatisfying(
                        EndpointException.class, e -> assertThat(e.kind()).isEqualTo(Kind.REFUSED))
                .hasMessageContaining("127.0.0.1:" + server.port())
                .hasMessageContaining("SHA256:")
                .hasMessageContaining("add this line to " + empty + ": " + line);
        assertThat(Files.readString(empty)).isEmpty();
    }

    @Test
    void acceptsAnUnknownHostOnlyWhereStrictCheckingIsOffAndWarns() throws Exception {
        Path empty = Files.createFile(directory.resolve("known_hosts"));

        try (SshConnection connection = connect(empty, false)) {
            assertThat(connection.exec("echo in").stdout()).isEqualTo("in\n");
        }
        assertThat(warnings).singleElement().asString().contains("SHA256:").contains("turns strict");
    }

    @Test
    void refusesAChangedKeyEvenWhereStrictCheckingIsOff() throws Exception {
        try (SshServer other = SshServer.start()) {
            other.restartWithAnotherHostKey();

            for (boolean strict : new boolean[] {true, false}) {
                assertThatThrownBy(
                                () -> SshConnection.connect(target(other), settings(other.knownHosts(), strict, other)))
                        .isInstanceOf(EndpointException.class)
                        .hasMessageContaining("ssh-ed25519 host key has changed")
                        .hasMessageContaining("SHA256:")
                        .hasMessageContaining(other.knownHosts().toString());
            }
        }
    }

    @Test
    void knowsHashedHostsAndLinesOfSeveralKeys() throws Exception {
        String[] words = Files.readString(server.knownHosts()).strip().split(" ", -1);
        Path old = Files.writeString(
                directory.resolve("old"),
                words[0] + " ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDX " + words[1] + " " + words[2] + "\n");
        Path hashed = Files.copy(server.knownHosts(), directory.resolve("hashed"));
        new ProcessBuilder("ssh-keygen", "-q", "-H", "-f", hashed.toString())
                .start()
                .waitFor();

        assertThat(Files.readString(hashed)).startsWith("|1|");
        connect(old, true).close();
        connect(hashed, true).close();
    }

    @Test
    void tellsWhichKeysWereTriedWhenNoneIsAccepted() throws Exception {
        Path stranger = directory.resolve("stranger");
        new ProcessBuilder("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", stranger.toString())
                .start()
                .waitFor();
        SshSettings settings = SshSettings.of(server.knownHosts(), true, List.of(stranger), warnings::add);

        assertThatThrownBy(() -> SshConnection.connect(target(server), settings))
                .isInstanceOfSatisfying(
                        EndpointException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DENIED))
                .hasMessageContaining("none of the keys is accepted")
                .hasMessageContaining(stranger.toString())
                .hasMessageContaining("SSH agent");
    }

    @Test
    void aKeyWithAPassphraseIsNamedAsNotUsable() throws Exception {
        Path locked = directory.resolve("locked");
        new ProcessBuilder("ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", locked.toString())
                .start()
                .waitFor();
        SshSettings settings = SshSettings.of(server.knownHosts(), true, List.of(locked), warnings::add);

        assertThatThrownBy(() -> SshConnection.connect(target(server), settings))
                .hasMessageContaining("there is no private key to offer")
                .hasMessageContaining(locked + " (it needs a passphrase")
                .hasMessageContaining("ssh-add " + locked);
    }

    @Test
    void aPassphraseIsAskedForOnlyWhenNoOtherKeyIsAcceptedAndAgainIfItIsWrong() throws Exception {
        Path locked = directory.resolve("locked");
        new ProcessBuilder("ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", locked.toString())
                .start()
                .waitFor();
        List<String> asked = new ArrayList<>();
        Passphrases person = (key, attempt) -> {
            asked.add(key.getFileName() + " " + attempt);
            return Optional.of(new Secret(attempt == 1 ? "wrong" : "secret"));
        };
        try (SshServer other = SshServer.start()) {
            SshSettings settings = SshSettings.of(
                            other.knownHosts(), true, List.of(locked, other.privateKey()), warnings::add)
                    .withPassphrases(person);
            SshConnection.connect(target(other), settings).close();
            assertThat(asked).isEmpty();

            other.authorizeOnly(Path.of(locked + ".pub"));
            SshConnection.connect(target(other), settings).close();

            assertThat(asked).containsExactly("locked 1", "locked 2");
        }
    }

    @Test
    void namesAHostThatDoesNotAnswer() {
        SshTarget nobodyThere = new SshTarget("web0", "127.0.0.1", 1, "root");

        assertThatThrownBy(() -> SshConnection.connect(nobodyThere, settings(server.knownHosts(), true, server)))
                .isInstanceOfSatisfying(
                        EndpointException.class, e -> assertThat(e.retryable()).isTrue())
                .hasMessageContaining("Tried to connect to root@web0 (127.0.0.1:1) but");
    }

    @Test
    void aLostConnectionIsRetryable() throws Exception {
        try (SshServer other = SshServer.start();
                SshConnection connection =
                        SshConnection.connect(target(other), settings(other.knownHosts(), true, other))) {
            Path begun = directory.resolve("begun");
            CompletableFuture<Throwable> ended = CompletableFuture.supplyAsync(() -> {
                try {
                    connection.exec("touch " + begun + "; sleep 60");
                    return new AssertionError("ended by itself");
                } catch (Exception e) {
                    return e;
                }
            });
            Eventually.holds("the command to run", Duration.ofSeconds(10), () -> Files.exists(begun));
            other.dropSessions();

            assertThat(ended.get(20, java.util.concurrent.TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            EndpointException.class,
                            e -> assertThat(e.retryable()).isTrue());
        }
    }

    @Test
    void aConnectionThatIsKnownToBeLostIsRetryable() throws Exception {
        try (SshServer other = SshServer.start();
                SshConnection connection =
                        SshConnection.connect(target(other), settings(other.knownHosts(), true, other))) {
            other.dropSessions();

            for (int attempt = 0; attempt < 2; attempt++) {
                assertThatThrownBy(() -> connection.exec("true"))
                        .isInstanceOfSatisfying(
                                EndpointException.class,
                                e -> assertThat(e.retryable()).isTrue());
            }
        }
    }

    @Test
    void putsAFileAsTheServiceUserAtOnce() throws Exception {
        Path file = Files.write(directory.resolve("file"), "content".getBytes(StandardCharsets.UTF_8));
        String sha = sha256("content");
        try (SshConnection connection = connect(server.knownHosts(), true)) {
            RemoteShell shell = RemoteShell.as(service(), connection);
            String there = shell.require("make a directory", "mktemp -d /tmp/cchq-put-XXXXXX")
                    .strip();
            try {
                long bytes = shell.put(file, sha, there + "/it's here", "0640");

                assertThat(bytes).isEqualTo(7);
                assertThat(shell.require("look", "cd " + there + " && stat -c '%U %a %n' * && cat \"it's here\""))
                        .isEqualTo(server.serviceUser() + " 640 it's here\ncontent");
                assertThatThrownBy(() -> shell.put(file, sha256("other"), there + "/wrong", "0640"))
                        .isInstanceOfSatisfying(
                                EndpointException.class,
                                e -> assertThat(e.kind()).isEqualTo(Kind.CORRUPT));
                assertThat(shell.require("look", "ls -A " + there)).isEqualTo("it's here\n");
            } finally {
                shell.run("rm -r " + there);
            }
        }
    }

    private static String sha256(String text) throws Exception {
        return HexFormat.of()
                .formatHex(java.security.MessageDigest.getInstance("SHA-256")
                        .digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static Become service() {
        return new Become(server.serviceUser(), Optional.empty());
    }

    private SshConnection connect(Path knownHosts, boolean strict) throws Exception {
        return SshConnection.connect(target(server), settings(knownHosts, strict, server));
    }

    private static SshTarget target(SshServer server) {
        return new SshTarget(server.address(), server.address(), server.port(), server.user());
    }

    private SshSettings settings(Path knownHosts, boolean strict, SshServer server) {
        return SshSettings.of(knownHosts, strict, List.of(server.privateKey()), warnings::add);
    }
}
