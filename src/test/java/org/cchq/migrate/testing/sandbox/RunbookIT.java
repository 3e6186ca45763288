package org.cchq.migrate.testing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.cchq.migrate.testing.Ports;
import org.cchq.migrate.testing.RequiredProgram;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * docs/runbooks/s3-to-s3.md is carried out on the sandbox: every command that stands in a block of its own, in order, with
 * what is in pointed brackets filled in. After a way back the last way ahead is taken once more.
 */
class RunbookIT {
    private static final Path CHECKOUT = Path.of("").toAbsolutePath();
    private static final Path RUNBOOK = Path.of("docs/runbooks/s3-to-s3.md");
    /** How long the same command is given again, as the runbook has it, until nobody has used the old way for a while. */
    private static final Duration IDLE = Duration.ofMinutes(1);

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final Truth truth = new Truth();
    private Sandbox sandbox;
    private SiteProcesses site;
    private Operator operator;
    private int edits;

    @BeforeEach
    void start() throws Exception {
        RequiredProgram.find("nginx", "nginx");
        RequiredProgram.find("sshd", "openssh-server");
        RequiredProgram.find("sudo", "sudo");
        RequiredProgram.find("python3", "python3");
        RequiredProgram.find("tmux", "tmux");
        RequiredProgram.find("script", "bsdutils");
        sandbox = Sandbox.start(CHECKOUT);
        new Seed(sandbox, truth, 7).fill(250, false);
        sandbox.old().allowAll();
        sandbox.target().addAccountOf(sandbox.old());
        Files.write(
                accepted(),
                truth.planted().stream()
                        .filter(problem -> problem.kind().lost())
                        .map(problem -> problem.blob().key())
                        .toList());
        operator =
                new Operator(CHECKOUT, sandbox, new DemoConsole(new PrintStream(said, true, StandardCharsets.UTF_8)));
        site = sandbox.site();
        // At rest on the way to dual and back: what a site writes between copy-back and back stays on the new store.
        site.give(truth.fair(), 0);
        site.start();
    }

    private Path accepted() {
        return sandbox.scratch().directory().resolve("accepted.txt");
    }

    @AfterEach
    void stop() throws Exception {
        operator.close();
        sandbox.close();
    }

    /** Lines of the blocks without a language, in order. */
    private static List<String> commands() throws IOException {
        List<String> commands = new ArrayList<>();
        boolean inside = false;
        for (String line : Files.readAllLines(RUNBOOK)) {
            if (line.startsWith("```")) {
                inside = !inside;
            } else if (inside) {
                commands.add(line);
            }
        }
        return commands;
    }

    @Test
    @Timeout(900)
    void itsCommandsMoveTheBlobsOfASiteThatGoesOnWorking() throws Exception {
        String ahead = "";
        Instant flipped = Instant.MAX;
        for (String command : commands()) {
            if (command.contains(" advance ")) {
                ahead = command;
            }
            if (command.contains("--accept-missing")) {
                flipped = Instant.now();
            }
            type(command);
            if (command.contains(" back blobs")) {
                if (edits == 2) {
                    type("ansible-vault edit environments/<env>/vault.yml");
                    site.give(truth.fair(), 10);
                }
                type(ahead);
            }
        }

        assertThat(ahead).contains("--idle");
        assertThat(Ports.answers(sandbox.newPort())).isFalse();
        site.stop();
        site.tell(truth);
        assertThat(site.failures()).isEmpty();
        assertThat(Comparison.throughProxy(sandbox, truth, flipped, sandbox.proxy(sandbox.oldPort()))
                        .findings())
                .isEmpty();
    }

    private void type(String printed) throws Exception {
        if (printed.startsWith("ansible-vault edit ")) {
            switch (edits++) {
                case 0 -> sandbox.edits().updateVault();
                case 1 -> sandbox.edits().restoreVault();
                default -> sandbox.edits().updateVaultAgain();
            }
            return;
        }
        String line = printed.replace("<env>", "sandbox")
                .replace("<new-hosts>", "127.0.0.3")
                .replace("<accepted>", accepted().toString())
                .replace("<idle>", "3s")
                .replace("<timestamp>", timestamp());
        Instant patience = Instant.now().plus(IDLE);
        int status = run(line);
        while (line.contains("--idle") && status != 0 && Instant.now().isBefore(patience)) {
            status = run(line);
        }
        assertThat(status)
                .as("%s%n%s", line, said.toString(StandardCharsets.UTF_8))
                .isIn(expected(line));
    }

    private int run(String line) throws Exception {
        said.reset();
        return operator.line(line).await(Duration.ofMinutes(3));
    }

    /** Blobs that are lost make a run incomplete; nothing else may. */
    private static List<Integer> expected(String line) {
        return Stream.of("run_blob_migration", "check_blob_logs", "run blobs verify", "run blobs copy-back")
                        .anyMatch(line::contains)
                ? List.of(0, 4)
                : List.of(0);
    }

    /** Of the newest log of the back-fill. */
    private String timestamp() throws IOException {
        Path logs = sandbox.host("manage0").data().resolve("blobdb-migration-logs");
        if (!Files.isDirectory(logs)) {
            return "none";
        }
        try (Stream<Path> files = Files.list(logs)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("migrate_backend-blob-migration-[0-9TZ]+\\.txt"))
                    .map(name -> name.replaceAll(".*-|\\.txt", ""))
                    .sorted()
                    .reduce((first, second) -> second)
                    .orElse("none");
        }
    }
}
