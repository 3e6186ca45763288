package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.Eventually;

/**
 * The demonstration: an operator moves the blobs of a site that goes on working from one cluster to another, with the
 * commands that are in the procedure; the agent is killed half-way; what is missing is explained and what can be repaired is.
 */
final class Demo implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int INCOMPLETE = 4;

    private final Path checkout;
    private final int rows;
    private final DemoConsole console;
    private final Truth truth = new Truth();
    private final List<String> findings = new ArrayList<>();
    private final Map<String, Object> result = new LinkedHashMap<>();
    private final AtomicReference<TypedCommand> running = new AtomicReference<>();
    private Sandbox sandbox;
    private SiteProcesses site;

    Demo(Path checkout, int rows, DemoConsole console) {
        this.checkout = checkout;
        this.rows = rows;
        this.console = console;
    }

    /** All of it, in order. The result has the counts, what was found wrong, and "ok" or "failed". */
    Map<String, Object> run() throws Exception {
        startSandbox();
        seed();
        makeLogDirectory();
        plan();
        siteGoesToWork();
        backFillAndKill();
        resume();
        siteComesToRest();
        check();
        repair();
        report();
        compare();
        return conclude();
    }

    private void startSandbox() throws Exception {
        console.heading("sandbox", "A small environment: old and new cluster, rows, documents, a host");
        sandbox = Sandbox.start(checkout);
        sandbox.makeDual();
        sandbox.parts().forEach(part -> console.line(part.line()));
    }

    private void seed() throws Exception {
        console.heading("seed", "Blobs as a site has them after some years");
        Seed seed = new Seed(sandbox, truth, 20_190_528);
        seed.fill(rows, rows >= 2000);
        Path manifest = sandbox.scratch().closed("truth").resolve("seeded.jsonl");
        Files.write(manifest, truth.lines());
        console.line(String.format(
                Locale.ROOT,
                "%,d rows in 4 databases, %,d MiB on the old cluster, 17 types, 0 B to %s.",
                truth.size(),
                seed.bytes() >> 20,
                rows >= 2000 ? "64 MiB" : "256 KiB"));
        console.line("Planted problems:");
        Map<Planted.Kind, Integer> planted = new EnumMap<>(Planted.Kind.class);
        truth.planted().forEach(problem -> planted.merge(problem.kind(), 1, Integer::sum));
        planted.forEach((kind, count) -> console.line("%5d %s".formatted(count, kind.story())));
        result.put("rows", truth.size());
        result.put("bytes", seed.bytes());
        result.put("planted", planted);
    }

    private void plan() throws Exception {
        console.heading("plan", "What would be done");
        expect(0, type("bin/cchq-migrate", "sandbox", "plan", "blobs"), "plan");
    }

    private void makeLogDirectory() throws Exception {
        console.heading("log_directory", "A directory for logs and state");
        String owner = sandbox.serviceUser();
        String command = "mkdir " + logs() + "; chown " + owner + ": " + logs();
        TypedCommand typed = sandbox.host("manage0").ssh().canBecomeOthers()
                ? type("bin/cchq", "sandbox", "run-shell-command", "django_manage", command, "-b")
                : type("bin/cchq", "sandbox", "run-shell-command", "django_manage", command);
        expect(0, typed, "run-shell-command");
        if (!sandbox.owns(logs())) {
            findings.add("the log directory does not belong to " + owner);
        }
    }

    private Path logs() {
        return sandbox.host("manage0").data().resolve("blobdb-migration-logs");
    }

    private void siteGoesToWork() throws Exception {
        PlantedRaces.arm(sandbox, truth);
        site = sandbox.site();
        site.give(truth.fair(), 10);
        site.start();
    }

    private TypedCommand backFill() throws IOException {
        return type(
                "bin/cchq",
                "sandbox",
                "django-manage",
                "run_blob_migration",
                "migrate_backend",
                "--log-dir=" + logs(),
                "--chunk-size=1000",
                "--num-workers=15");
    }

    private void backFillAndKill() throws Exception {
        console.heading("back_fill", "Back-fill while the site works; the agent is killed half-way");
        long before = sandbox.target().writes();
        long half = before + rows * 2L / 5;
        TypedCommand typed = backFill();
        Eventually.holds(
                "two fifths of the blobs on the new cluster",
                PATIENCE,
                () -> sandbox.target().writes() >= half || !typed.running());
        List<ProcessHandle> agents = agents();
        agents.forEach(ProcessHandle::destroyForcibly);
        console.line("# kill -9 of the agent at " + Instant.now() + ", after "
                + (sandbox.target().writes() - before) + " writes");
        int status = typed.await(PATIENCE);
        result.put("killed_after_writes", sandbox.target().writes() - before);
        if (agents.isEmpty()) {
            findings.add("no agent was running when it was to be killed; the command's exit status was " + status);
        }
        if (status == 0) {
            findings.add("the command whose agent was killed said that all is well");
        }
        console.line("exit status " + status);
    }

    /** Agents on the host: Java with a jar from the directory of agents. */
    private List<ProcessHandle> agents() {
        return sandbox.scratch().processes().stream()
                .filter(process -> commandLine(process)
                        .matches("(?s)[^\\x00]*java\\x00.*-jar\\x00[^\\x00]*/agent/[^\\x00]*\\.jar\\x00.*"))
                .toList();
    }

    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
        } catch (IOException e) {
            return "";
        }
    }

    private void resume() throws Exception {
        console.heading("resume", "The same command again goes on where it was left");
        expect(INCOMPLETE, backFill(), "back-fill");
    }

    private void siteComesToRest() throws Exception {
        site.stop();
        site.tell(truth);
        site.failures().forEach(failure -> findings.add("a request of the site failed: " + failure));
        result.put("site", site.counts());
        console.line("Meanwhile the site did: " + Json.write(site.counts()));
    }

    private void check() throws Exception {
        console.heading("check", "What is it that is missing?");
        TypedCommand typed = checkBlobLogs(List.of());
        typed.await(PATIENCE);
        CheckedClasses classes = CheckedClasses.of(typed.output());
        findings.addAll(classes.findings(truth, false, sandbox.couch().isPresent()));
        result.put("checked", classes.counts());
    }

    private void repair() throws Exception {
        console.heading("repair", "The old cluster's policy is mended; copy what is found there");
        sandbox.old().allowAll();
        TypedCommand typed = checkBlobLogs(List.of("--migrate"));
        typed.await(PATIENCE);
        CheckedClasses classes = CheckedClasses.of(typed.output());
        findings.addAll(classes.findings(truth, true, sandbox.couch().isPresent()));
        result.put("repaired", classes.counts());
    }

    private TypedCommand checkBlobLogs(List<String> options) throws IOException {
        List<String> words = new ArrayList<>(List.of("bin/cchq", "sandbox", "django-manage", "check_blob_logs"));
        try (Stream<Path> files = Files.list(logs())) {
            files.filter(file -> file.getFileName().toString().matches("migrate_backend-blob-migration-.*\\.txt"))
                    .filter(file -> !file.getFileName().toString().contains("summary"))
                    .sorted()
                    .forEach(file -> words.add(file.toString()));
        }
        words.addAll(options);
        return type(words.toArray(String[]::new));
    }

    private void report() throws Exception {
        console.heading("report", "The report");
        type("bin/cchq-migrate", "sandbox", "report", "blobs").await(PATIENCE);
        TypedCommand json = type("bin/cchq-migrate", "sandbox", "report", "blobs", "--json");
        json.await(PATIENCE);
        try {
            result.put("report", Json.read(String.join("\n", json.output()), "report --json"));
        } catch (UserException e) {
            findings.add("report --json is not JSON: " + e.getMessage());
        }
    }

    private void compare() throws Exception {
        console.heading("compare", "Independent comparison of both stores and the rows");
        Comparison comparison = Comparison.of(sandbox, truth, true);
        comparison.counts().forEach((what, count) -> console.line("%-20s %8s".formatted(what, count)));
        findings.addAll(0, comparison.findings());
        result.put("comparison", comparison.counts());
    }

    private Map<String, Object> conclude() throws Exception {
        console.finish();
        close();
        console.line("");
        findings.stream().limit(20).forEach(finding -> console.line("WRONG: " + finding));
        console.line(
                findings.isEmpty()
                        ? "All is as it must be: nothing lost, nothing wrong, nothing left running."
                        : findings.size() + " findings.");
        result.put("seconds", console.seconds());
        result.put("findings", findings);
        result.put("result", findings.isEmpty() ? "ok" : "failed");
        return result;
    }

    private TypedCommand type(String... words) throws IOException {
        TypedCommand command = TypedCommand.start(
                console,
                checkout,
                Map.of(
                        "COMMCARE_CLOUD_ENVIRONMENTS", sandbox.environments().toString(),
                        "XDG_STATE_HOME", sandbox.scratch().closed("state").toString()),
                words);
        running.set(command);
        return command;
    }

    private void expect(int status, TypedCommand command, String what) throws IOException, InterruptedException {
        int found = command.await(PATIENCE);
        if (found != status) {
            findings.add(what + " ended with exit status " + found + " and not " + status);
        }
    }

    /** Stops what is running, in any state. */
    @Override
    public synchronized void close() throws Exception {
        Optional.ofNullable(running.getAndSet(null)).ifPresent(TypedCommand::close);
        if (sandbox != null) {
            sandbox.close();
            sandbox = null;
        }
    }
}
