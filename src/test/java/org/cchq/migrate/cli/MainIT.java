package org.cchq.migrate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.SshServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class MainIT {
    private HostSite site;
    private SshServer server;
    private Path directory;

    @BeforeEach
    void start() throws Exception {
        site = HostSite.on(SshServer.start());
        server = site.server();
        directory = site.directory();
    }

    @AfterEach
    void stop() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    @Test
    void runShellCommandTellsAsAnsibleDoes() {
        Said changed = said();
        assertThat(changed.run("east", "run-shell-command", "django_manage", "echo \"it's $((40+2))\"; id -un", "-b"))
                .isZero();
        assertThat(changed.out()).isEqualTo("127.0.0.1 | CHANGED | rc=0 >>\nit's 42\nroot\n");
        Said failed = said();
        assertThat(failed.run("east", "run-shell-command", "django_manage", "echo out; echo err >&2; exit 3"))
                .isEqualTo(2);
        assertThat(failed.out()).isEqualTo("127.0.0.1 | FAILED | rc=3 >>\nout\nerr\nnon-zero return code\n");
        Said gone = said();
        assertThat(gone.run("east", "run-shell-command", "all", "true")).isEqualTo(4);
        assertThat(gone.out()).contains("127.0.0.2 | UNREACHABLE! => {").contains("127.0.0.1 | CHANGED | rc=0 >>");
    }

    @Test
    void refusesALogDirectoryThatIsNotThereAndTheLineItNamesMakesIt() throws Exception {
        Said refused = said();
        assertThat(refused.run("east", "run", "blobs", "back-fill"))
                .as(refused.err())
                .isEqualTo(1);
        Path logs = directory.resolve("data/blobdb-migration-logs");
        String command = "mkdir -p " + logs + "; chown " + server.serviceUser() + ": " + logs;
        assertThat(refused.err()).contains("run-shell-command django_manage '" + command + "' -b");

        Said made = said();
        assertThat(made.run("east", "run-shell-command", "django_manage", command, "-b"))
                .as(made.err())
                .isZero();
        Said again = said();
        again.run("east", "plan", "blobs");
        assertThat(again.out()).doesNotContain("to be put right first: " + logs);
    }

    @Test
    void plansAndWritesNothing() throws Exception {
        Said said = said();

        assertThat(said.run("east", "plan", "blobs", "--json")).as(said.err()).isEqualTo(1);

        Map<?, ?> plan = (Map<?, ?>) Json.read(said.out().strip(), "plan");
        assertThat(plan.get("source")).isEqualTo("http://127.0.0.1:9000/old");
        assertThat(plan.get("target")).isEqualTo("http://127.0.0.1:9001/new");
        assertThat(said.out()).doesNotContain("hidden");
        assertThat(directory.resolve("data")).isEmptyDirectory();
    }

    @Test
    void runsDetachedFollowsAndCancelsFromASecondTerminal() throws Exception {
        makeLogDirectory();
        Said first = said();
        CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(() ->
                first.run("east", "django-manage", "run_blob_migration", "migrate_backend", "--log-dir=" + logs()));
        Eventually.holds(
                "output: " + first.err(),
                Duration.ofSeconds(60),
                () -> first.out().contains("line 5\n"));

        Said status = said();
        assertThat(status.run("east", "status", "--json")).isZero();
        assertThat(status.out()).contains("\"state\":\"running\"").contains("\"by\":\"ann\"");
        Said second = said();
        assertThat(second.run("east", "run", "blobs", "back-fill", "--log-dir=" + logs()))
                .as(second.err())
                .isEqualTo(6);
        assertThat(second.err()).contains("started by ann", "attach blobs");
        Said cancel = said();
        assertThat(cancel.run("east", "cancel", "blobs")).as(cancel.err()).isZero();

        assertThat(exit.get(60, TimeUnit.SECONDS)).isEqualTo(7);
        assertThat(first.out()).startsWith("settings of ").doesNotContain("hidden");
        Said history = said();
        assertThat(history.run("east", "history")).isZero();
        assertThat(history.out()).contains("start run_blob_migration migrate_backend --log-dir=" + logs());
        Said report = said();
        assertThat(report.run("east", "report", "blobs")).as(report.err()).isZero();
    }

    @Test
    void aMoveWithoutAWayBackIsAskedForHereWhereTheAgentCannotAsk() throws Exception {
        String[] move = {"east", "django-manage", "run_sql", "simple_move_form_attachments_to_blobmeta"};
        Said nobody = said();
        assertThat(nobody.run(move)).isEqualTo(1);
        assertThat(nobody.err()).contains("There is no way back. [y/N]", "Nothing was moved; answer y, or give --yes");
        assertThat(said().answering("n\n", move)).isEqualTo(1);

        Said asked = said();
        CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(() -> asked.answering("y\n", move));
        Eventually.holds(
                "output: " + asked.err(),
                Duration.ofSeconds(60),
                () -> asked.out().contains("line 5\n"));
        assertThat(said().run("east", "cancel", "metadata")).isZero();
        assertThat(exit.get(60, TimeUnit.SECONDS)).isEqualTo(7);
        Said history = said();
        assertThat(history.run("east", "history")).isZero();
        assertThat(history.out()).containsOnlyOnce("start run_sql").contains("move_form_attachments_to_blobmeta --yes");
    }

    @Test
    void otherManagementCommandsGoToManagePyEachArgumentWhole() throws Exception {
        Path code = Files.createDirectories(directory.resolve("home/www/east/current/python_env/bin"));
        Path python = Files.writeString(
                code.resolve("python"), "#!/bin/sh\nfor a in \"$@\"; do echo \"<$a>\"; done; exit 5\n");
        Files.setPosixFilePermissions(python, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(
                directory.resolve("environments/east/public.yml"),
                "code_home: " + directory.resolve("home/www/east/current") + "\n",
                java.nio.file.StandardOpenOption.APPEND);
        Said said = said();

        // sudo -i starts the login shell, which a user like nobody does not have; as the login user there is none.
        Files.writeString(
                directory.resolve("environments/east/public.yml"),
                Files.readString(directory.resolve("environments/east/public.yml"))
                        .replace("cchq_user: " + server.serviceUser(), "cchq_user: " + server.user()));
        int exit = said.run("east", "django-manage", "shell", "-c", "print('$HOME', \"x\")", "--tea=1", "a b");

        assertThat(exit).as(said.err()).isEqualTo(5);
        assertThat(said.out()).isEqualTo("<manage.py>\n<shell>\n<-c>\n<print('$HOME', \"x\")>\n<--tea=1>\n<a b>\n");
    }

    @Test
    void theRealAgentRunsInThePushedRuntimeAndItsExitStatusIsThisCommands() throws Exception {
        makeLogDirectory();
        Path settings = directory.resolve("environments/east/public.yml");
        Files.writeString(
                settings, Files.readString(settings).replaceFirst("cchq_migrate_java: .*", "cchq_migrate_java: push"));
        Said said = site.said(System.getProperty("agent.jar", "target/cchq-migrate-agent.jar"));

        // Nothing listens where the environment says that the stores and the databases are.
        int exit = said.run("east", "run", "blobs", "back-fill");

        assertThat(said.err()).contains("runtime image: pushed", "agent: pushed", "Tried to");
        assertThat(exit).as(said.err()).isEqualTo(3);
        assertThat(said.out() + said.err()).doesNotContain("hidden");
    }

    private Path logs() {
        return site.logs();
    }

    private void makeLogDirectory() throws Exception {
        site.makeLogDirectory();
    }

    private Said said() {
        return site.said();
    }
}
