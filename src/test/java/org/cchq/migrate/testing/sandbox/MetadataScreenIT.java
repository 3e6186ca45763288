package org.cchq.migrate.testing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.cchq.migrate.environment.DjangoSettings;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.testing.CouchServer;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.HostView;
import org.cchq.migrate.testing.HqSchema;
import org.cchq.migrate.testing.RequiredProgram;
import org.cchq.migrate.testing.metadata.MetadataEstate;
import org.cchq.migrate.vault.SecretPrompt;
import org.cchq.migrate.vault.VaultPassword;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The session of HQ's page on blob metadata, typed as the runbook has it: a login by {@code cchq ENV ssh}, screen, sudo,
 * manage.py. Screen is killed, and the terminal is lost, while it runs.
 */
@Timeout(600)
class MetadataScreenIT {
    private static final Path CHECKOUT = Path.of("").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String MAIN = "commcarehq";

    private Sandbox sandbox;
    private Operator operator;

    @Test
    void theLinesOfThePageRunTheAgentInAScreenThatMayBeLostOrKilled() throws Exception {
        for (String program : List.of("nginx", "sshd", "sudo", "screen", "python3", "psql", "script")) {
            RequiredProgram.find(program, program);
        }
        Assumptions.assumeTrue(HostView.possible(), "hosts with an account cchq of their own need root and mounts");
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        sandbox = Sandbox.start(CHECKOUT);
        try (Sandbox closing = sandbox) {
            operator = new Operator(
                    CHECKOUT, sandbox, new DemoConsole(new PrintStream(said, true, StandardCharsets.UTF_8)));
            HqCheckout.install(sandbox, SiteAccount.find(true));
            CouchServer couch = sandbox.couch().orElseThrow();
            couch.createDatabase(MAIN + "__users");
            sql(HqSchema.models());
            new MetadataEstate(couch, MAIN, this::sql, 2018).make(1_500);
            List<String> page = page();
            assertThat(page).hasSizeGreaterThan(6);
            String run = page.get(page.size() - 1);
            assertThat(run).startsWith("./manage.py run_blob_migration migrate_metadata --log-dir=");

            // Not there yet: it is pushed by the commands before.
            Path logs = sandbox.host("manage0").data().resolve("blobmeta-migration-logs");
            typed("cchq sandbox run-shell-command django_manage 'mkdir /opt/data/blobmeta-migration-logs; chown"
                    + " cchq:cchq /opt/data/blobmeta-migration-logs' -b");
            typed("cchq-migrate sandbox push-agent");

            // Killed with its screen: it ends in order.
            try (Terminal terminal = new Terminal(page.get(0))) {
                terminal.types(page.subList(1, page.size() - 1));
                terminal.types(List.of("./manage.py create_indices --all"));
                Eventually.holds(
                        terminal.text(), PATIENCE, () -> terminal.text().contains("HQ itself: create_indices --all"));
                assertThat(terminal.text()).contains("In this shell ./manage.py of these commands is the agent");
                terminal.types(List.of(run.replace("--chunk-size=1000", "--chunk-size=1")));
                Path job = job(1);
                Eventually.holds(
                        "its work: " + terminal.text(),
                        PATIENCE,
                        () -> read(job, "events.jsonl").contains("\"progress\""));
                // It may not come to its end while it is looked at.
                Files.writeString(job.resolve("control"), "pause the test\n", StandardOpenOption.APPEND);
                assertThat(status()).contains("running");
                killScreen();
                Eventually.holds("the end of " + job, PATIENCE, () -> Files.exists(job.resolve("exit")));
                assertThat(read(job, "exit")).isEqualTo("130\n");
            }

            // The same line, in a new screen; the terminal is lost while it runs.
            Path second;
            try (Terminal terminal = new Terminal(page.get(0))) {
                terminal.types(page.subList(1, page.size()));
                second = job(2);
            }
            Path job = second;
            Eventually.holds("the end of " + job, PATIENCE, () -> Files.exists(job.resolve("exit")));
            assertThat(read(job, "exit")).as(read(job, "agent.log")).isEqualTo("0\n");
            assertThat(read(job, "output.txt"))
                    .contains("Migration log: /opt/data/blobmeta-migration-logs/")
                    .containsPattern("documents \\([1-9][0-9]* previously processed\\)");
            try (Terminal terminal = new Terminal(page.get(0).replace("-S", "-x"))) {
                Eventually.holds(
                        "its lines: " + terminal.text(),
                        PATIENCE,
                        () -> terminal.text().contains("documents (0 previously processed)"));
            }
            assertThat(Files.readString(logs.resolve("migrate_metadata.ledger"), StandardCharsets.ISO_8859_1))
                    .isNotEmpty();
            everyRowIsRight();
            typed("cchq-migrate sandbox attach metadata --output");
            assertThat(said.toString(StandardCharsets.UTF_8))
                    .contains("Processing ", "documents (0 previously processed)");
            noSecretIn(job);
            takenBackWhereverItsLogsAre(logs);
            saysWhatIsWrong();
        } finally {
            if (operator != null) {
                operator.close();
            }
        }
    }

    /** The last run had another log directory: its ledgers are put aside, and the others are not believed. */
    private void takenBackWhereverItsLogsAre(Path logs) throws Exception {
        typed(
                "cchq sandbox run-shell-command django_manage 'mkdir /opt/data/elsewhere; chown cchq:cchq /opt/data/elsewhere' -b");
        typed("cchq-migrate sandbox run metadata migrate --log-dir=/opt/data/elsewhere");
        Path elsewhere = logs.resolveSibling("elsewhere");
        assertThat(elsewhere.resolve("migrate_metadata.ledger")).exists();

        typed("cchq-migrate sandbox back metadata");
        assertThat(elsewhere.resolve("migrate_metadata.ledger")).doesNotExist();
        assertThat(logs.resolve("migrate_metadata.ledger")).exists();

        typed("cchq-migrate sandbox run metadata migrate");
        everyRowIsRight();
    }

    /** What is refused has begun nothing, and shows no value of HQ's settings. */
    private void saysWhatIsWrong() throws Exception {
        Path settings = sandbox.host("manage0").localSettings();
        assertThat(onHost("run_blob_migration migrate_backup"))
                .contains("is none of its commands", "  run_blob_migration migrate_metadata", "exit 2");
        assertThat(onHost("run_blob_migration migrate_metadata --chunk-size=none"))
                .contains("--chunk-size=none: expected a whole number", "exit 2");
        assertThat(onHost("run_sql simple_move_form_attachments_to_blobmeta"))
                .contains("There is no way back. [y/N]", "Nothing was moved", "exit 1");
        Files.writeString(settings, Files.readString(settings) + "PASSWORD = 'secret-8151\n");
        assertThat(onHost("run_blob_migration migrate_metadata"))
                .contains("HQ's settings cannot be read: ", "localsettings.py, line ", ": SyntaxError", "exit 1")
                .doesNotContain("secret-8151");
        assertThat(jobs(sandbox.host("manage0").directory().resolve("opt/cchq-migrate/jobs")))
                .hasSize(5);
    }

    /** What cchq-agent says to these words, and its exit status. */
    private String onHost(String words) throws Exception {
        Path command = sandbox.host("manage0").directory().resolve("opt/cchq-migrate/bin/cchq-agent");
        TypedCommand typed = operator.line("cchq sandbox run-shell-command django_manage 'cd ~/www/sandbox/current; "
                + command + " " + words + "; echo exit $?' --become-user cchq");
        typed.await(PATIENCE);
        return String.join("\n", typed.output());
    }

    /** The lines of the runbook for a terminal of the host, of this sandbox. */
    private List<String> page() throws IOException {
        List<String> lines = new ArrayList<>();
        String open = "";
        for (String line : Files.readAllLines(CHECKOUT.resolve("docs/runbooks/blob-metadata.md"))) {
            if (line.startsWith("    ")) {
                String text = open + line.strip();
                open = text.endsWith("\\") ? text.substring(0, text.length() - 1) : "";
                if (open.isEmpty()) {
                    lines.add(text.replace("<env>", "sandbox")
                            .replace(
                                    "~/.cchq-migrate",
                                    sandbox.host("manage0")
                                            .directory()
                                            .resolve("opt/cchq-migrate")
                                            .toString()));
                }
            }
        }
        return lines;
    }

    private void typed(String line) throws Exception {
        TypedCommand command = operator.line(line);
        assertThat(command.await(PATIENCE))
                .as(line + "\n" + String.join("\n", command.output()))
                .isZero();
    }

    private String status() throws Exception {
        TypedCommand command = operator.line("cchq-migrate sandbox status metadata");
        command.await(PATIENCE);
        return String.join("\n", command.output());
    }

    private void sql(String statements) throws java.sql.SQLException {
        try (Connection connection = sandbox.databases().connect(MAIN);
                Statement statement = connection.createStatement()) {
            statement.execute(statements);
        }
    }

    /** The directory of the job that was begun as the nth. */
    private Path job(int nth) throws Exception {
        Path jobs = sandbox.host("manage0").directory().resolve("opt/cchq-migrate/jobs");
        Eventually.holds("job " + nth, PATIENCE, () -> jobs(jobs).size() >= nth);
        return jobs(jobs).get(nth - 1);
    }

    private static List<Path> jobs(Path directory) throws IOException {
        try (Stream<Path> jobs = Files.list(directory)) {
            return jobs.filter(job -> job.toString().endsWith("-migrate"))
                    .filter(job -> Files.exists(job.resolve("control")))
                    .sorted()
                    .toList();
        }
    }

    private static String read(Path job, String file) throws IOException {
        return Files.exists(job.resolve(file)) ? Files.readString(job.resolve(file)) : "";
    }

    private void killScreen() throws Exception {
        try (Stream<Path> sockets = Files.list(sandbox.host("manage0").ssh().screenDirectory())) {
            String name = sockets.findFirst().orElseThrow().getFileName().toString();
            assertThat(name).endsWith(".blobmeta");
            ProcessHandle.of(Long.parseLong(name.replaceFirst("\\..*", "")))
                    .orElseThrow()
                    .destroyForcibly();
        }
    }

    private static void noSecretIn(Path job) throws Exception {
        try (Stream<Path> files = Files.list(job)) {
            for (Path file : files.toList()) {
                assertThat(Files.readString(file))
                        .as(file.toString())
                        .doesNotContain("sandbox-postgres", Sandbox.COUCH_PASSWORD);
            }
        }
    }

    private void everyRowIsRight() throws Exception {
        Environment environment =
                Environment.load(sandbox.environments(), "sandbox", new VaultPassword(Map.of(), SecretPrompt.NONE));
        Path settings = Files.createTempFile(
                sandbox.scratch().directory(),
                "settings",
                ".json",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(settings, DjangoSettings.of(environment).json().reveal());
        Process process = new ProcessBuilder(
                        CHECKOUT.resolve("bin/metadata-compare").toString(), settings.toString(), "--strict")
                .redirectErrorStream(true)
                .start();
        String compared = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(compared).isZero();
    }

    /** A terminal at which a command is run that stays open; closed, it is a terminal that was lost. */
    private final class Terminal implements AutoCloseable {
        private final Process process;
        private final Writer keyboard;
        private final StringBuilder seen = new StringBuilder();

        Terminal(String command) throws Exception {
            ProcessBuilder builder = new ProcessBuilder(
                            "script", "-qefc", "stty rows 50 cols 200; bin/" + command, "/dev/null")
                    .directory(CHECKOUT.toFile())
                    .redirectErrorStream(true);
            builder.environment().putAll(Map.of("TERM", "xterm", "SHELL", "/bin/bash"));
            builder.environment()
                    .put("COMMCARE_CLOUD_ENVIRONMENTS", sandbox.environments().toString());
            process = builder.start();
            keyboard = process.outputWriter(StandardCharsets.UTF_8);
            Thread reader = new Thread(this::read, "terminal");
            reader.setDaemon(true);
            reader.start();
            Eventually.holds(
                    "a screen: " + text(),
                    PATIENCE,
                    () -> text().contains("\u001b[?") && text().matches("(?s).*[#$] $|.*previously.*"));
        }

        private void read() {
            try (Reader output = process.inputReader(StandardCharsets.UTF_8)) {
                for (int c = output.read(); c >= 0; c = output.read()) {
                    synchronized (seen) {
                        seen.append((char) c);
                    }
                }
            } catch (IOException e) {
                // the terminal was closed
            }
        }

        void types(List<String> lines) throws IOException {
            for (String line : lines) {
                keyboard.write(line + "\r");
                keyboard.flush();
            }
        }

        String text() {
            synchronized (seen) {
                return seen.toString();
            }
        }

        @Override
        public void close() throws Exception {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }
}
