package org.cchq.migrate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.RequiredProgram;
import org.cchq.migrate.testing.SshServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code django-manage --tmux} in a real tmux on a real host. */
@Timeout(120)
class TmuxIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private HostSite site;

    @BeforeEach
    void start() throws Exception {
        RequiredProgram.find("tmux", "tmux");
        site = HostSite.on(SshServer.start());
    }

    @AfterEach
    void stop() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    @Test
    void aWindowShowsTheAgentsOutputAndExitStatusAndStaysAfterItsEnd() throws Exception {
        site.makeLogDirectory();
        Said first = site.said();
        CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(() -> first.run(
                "east",
                "django-manage",
                "--tmux",
                "run_blob_migration",
                "migrate_backend",
                "--log-dir=" + site.logs()));
        Eventually.holds("output: " + first.err(), PATIENCE, () -> first.out().contains("line 5\n"));
        assertThat(windows()).containsExactly("migration");
        Eventually.holds(
                "output in the window", PATIENCE, () -> screen("migration").contains("\nline "));
        assertThat(first.err()).contains("window 'migration'", "tmux attach");

        assertThat(site.said().run("east", "cancel", "blobs")).isZero();

        assertThat(exit.get(60, TimeUnit.SECONDS)).isEqualTo(7);
        Eventually.holds(
                "the exit status in the window",
                PATIENCE,
                () -> screen("migration").contains("\nexit status 7\n"));
        assertThat(screen("migration")).contains("stopped: cancel ");
        assertThat(windows()).containsExactly("migration");
        assertThat(screen("migration") + first.out() + first.err()).doesNotContain("hidden");
    }

    @Test
    void eachOfHqsCommandsHasItsOwnWindowAndItsOutputAndExitStatusComeBack() throws Exception {
        Path gate = site.directory().resolve("gate");
        manageWith("#!/bin/sh\nshift\necho \"began $*\"\nwhile [ \"$1\" = slow ] && [ ! -e " + gate
                + " ]; do sleep 0.1; done\necho \"error $*\" >&2\necho \"ended $*\"\nexit 5\n");
        Said slow = site.said();
        CompletableFuture<Integer> slowExit = CompletableFuture.supplyAsync(
                () -> slow.run("east", "django-manage", "--tmux", "slow", "it's $HOME", "a  b"));
        Eventually.holds("it began", PATIENCE, () -> slow.out().contains("began slow it's $HOME a  b\n"));
        assertThat(screen("slow")).contains("began slow it's $HOME a  b");
        assertThat(slow.err()).contains("window 'slow'", "tmux attach", "/output.txt");
        Said quick = site.said();

        assertThat(quick.run("east", "django-manage", "--tmux", "quick"))
                .as(quick.err())
                .isEqualTo(5);

        assertThat(quick.out()).isEqualTo("began quick\nerror quick\nended quick\n");
        Eventually.holds("the second ended", PATIENCE, () -> screen("quick").contains("ended quick\nexit status 5\n"));
        assertThat(windows()).containsExactly("slow", "quick");
        assertThat(screen("slow")).doesNotContain("ended");
        attachAndDetach();
        Files.createFile(gate);
        assertThat(slowExit.get(60, TimeUnit.SECONDS)).as(slow.err()).isEqualTo(5);
        assertThat(slow.out()).endsWith("error slow it's $HOME a  b\nended slow it's $HOME a  b\n");
        Eventually.holds(
                "the first ended",
                PATIENCE,
                () -> screen("slow").contains("ended slow it's $HOME a  b\nexit status 5\n"));
        assertThat(windows()).containsExactly("slow", "quick");
        Said history = site.said();
        assertThat(history.run("east", "history")).isZero();
        assertThat(history.out()).contains("django-manage --tmux quick", "exit 5");
    }

    @Test
    void neitherALostConnectionNorTheEndOfTmuxEndsACommandOrLosesAnyOfIt() throws Exception {
        Path gate = site.directory().resolve("gate");
        manageWith("#!/bin/sh\nshift\necho began\nwhile [ ! -e " + gate
                + " ]; do sleep 0.1; done\nfor i in 1 2 3; do echo line $i; done\nexit 4\n");
        Said said = site.said();
        CompletableFuture<Integer> exit =
                CompletableFuture.supplyAsync(() -> said.run("east", "django-manage", "--tmux", "slow"));
        Eventually.holds("it began", PATIENCE, () -> said.out().contains("began\n"));

        site.server().dropSessions();
        Eventually.holds("it is said", PATIENCE, () -> said.err().contains("next attempt in"));
        tmux("kill-server");
        Eventually.holds("it is back", PATIENCE, () -> said.err().contains("connected again"));
        Files.createFile(gate);

        assertThat(exit.get(60, TimeUnit.SECONDS)).as(said.err()).isEqualTo(4);
        assertThat(said.out()).isEqualTo("began\nline 1\nline 2\nline 3\n");
    }

    @Test
    void aCommandCanBeAnsweredInItsWindow() throws Exception {
        manageWith("#!/bin/sh\nprintf 'sure? '\nread answer\necho \"answer: $answer\"\n[ \"$answer\" = yes ]\n");
        Said said = site.said();
        CompletableFuture<Integer> exit =
                CompletableFuture.supplyAsync(() -> said.run("east", "django-manage", "--tmux", "asks"));
        Eventually.holds("its window", PATIENCE, () -> said.err().contains("shown here to its end"));
        Eventually.holds("its question", PATIENCE, () -> screen("asks").contains("sure? "));

        tmux("send-keys", "-t", "asks", "yes", "Enter");

        assertThat(exit.get(60, TimeUnit.SECONDS)).as(said.err()).isZero();
        assertThat(said.out()).isEqualTo("sure? answer: yes\n");
    }

    @Test
    void aTmuxThatCannotStartIsSaidAndTheAgentRunsAllTheSame() throws Exception {
        site.makeLogDirectory();
        // It takes no socket that others could reach.
        Path sockets = Files.createDirectory(
                site.server().tmuxDirectory().resolve("tmux-" + Files.getAttribute(site.directory(), "unix:uid")));
        Files.setPosixFilePermissions(sockets, PosixFilePermissions.fromString("rwxrwxrwx"));
        Said first = site.said();
        CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(() -> first.run(
                "east",
                "django-manage",
                "--tmux",
                "run_blob_migration",
                "migrate_backend",
                "--log-dir=" + site.logs()));
        Eventually.holds("output: " + first.err(), PATIENCE, () -> first.out().contains("line 5\n"));

        assertThat(first.err()).contains("no tmux window: ", "the agent runs all the same");

        assertThat(site.said().run("east", "cancel", "blobs")).isZero();
        assertThat(exit.get(60, TimeUnit.SECONDS)).isEqualTo(7);
    }

    /** As an operator looks in with a terminal and goes away again. */
    private void attachAndDetach() throws Exception {
        Process terminal = new ProcessBuilder(
                        RequiredProgram.find("script", "bsdutils").toString(),
                        "-qec",
                        "TERM=xterm tmux -S " + socket() + " attach",
                        "/dev/null")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            Eventually.holds(
                    "a terminal is attached",
                    PATIENCE,
                    () -> !tmux("list-clients").isEmpty());
            for (String client :
                    tmux("list-clients", "-F", "#{client_name}").lines().toList()) {
                tmux("detach-client", "-t", client);
            }
            assertThat(terminal.waitFor(10, TimeUnit.SECONDS)).isTrue();
        } finally {
            terminal.destroyForcibly();
        }
        assertThat(tmux("list-clients")).isEmpty();
    }

    private void manageWith(String python) throws Exception {
        Path code = Files.createDirectories(site.directory().resolve("home/www/east/current/python_env/bin"));
        Path program = Files.writeString(code.resolve("python"), python);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        site.add("public.yml", "code_home: " + site.directory().resolve("home/www/east/current") + "\n");
        // sudo -i starts the login shell, which a user like nobody does not have; as the login user there is none.
        site.replace(
                "public.yml", "cchq_user: .*", "cchq_user: " + site.server().user());
    }

    private List<String> windows() throws Exception {
        return tmux("list-windows", "-a", "-F", "#{window_name}").lines().toList();
    }

    /** What a window shows, with what has scrolled away. */
    private String screen(String window) throws Exception {
        return tmux("capture-pane", "-p", "-J", "-S", "-", "-t", window);
    }

    private Path socket() throws Exception {
        try (var files = Files.walk(site.server().tmuxDirectory())) {
            return files.filter(path -> path.endsWith("default")).findFirst().orElseThrow();
        }
    }

    private String tmux(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("tmux", "-S", socket().toString()));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }
}
