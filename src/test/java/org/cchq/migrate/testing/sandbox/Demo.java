package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.net.URI;
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
import java.util.stream.Stream;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.Ports;

/**
 * The demonstration: an operator moves the blobs of a site that goes on working from one cluster to another, from the stage
 * before to the last one, with the commands that are in the procedure. On the way the agent is killed, a gate refuses, one step
 * is taken back; what is missing is explained and what can be repaired is.
 */
final class Demo implements Demonstration {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int REFUSED = 1;
    private static final int INCOMPLETE = 4;
    /** How long nobody must have used the old way before it is closed; hours on a real site. */
    private static final Duration IDLE = Duration.ofSeconds(5);

    private final Path checkout;
    private final int rows;
    private final DemoConsole console;
    private final Truth truth = new Truth();
    private final List<String> findings = new ArrayList<>();
    private final Map<String, Object> result = new LinkedHashMap<>();
    private Sandbox sandbox;
    private SiteProcesses site;
    private Operator operator;
    private Instant flipped = Instant.MAX;

    Demo(Path checkout, int rows, DemoConsole console) {
        this.checkout = checkout;
        this.rows = rows;
        this.console = console;
    }

    @Override
    public Map<String, Object> run() throws Exception {
        startSandbox();
        seed();
        siteGoesToWork();
        lookAtIt("before");
        advanceToDual();
        lookAtIt("dual");
        backFillAndKill();
        resume();
        check();
        repair();
        refusedGate();
        verify();
        advanceToTemporaryFlip();
        lookAtIt("temp-flip");
        goBackAndForward();
        advanceToFinal();
        lookAtIt("final");
        siteComesToRest();
        report();
        compare();
        return conclude();
    }

    private void startSandbox() throws Exception {
        console.heading("sandbox", "A small environment: four hosts, an old and a new cluster, rows, documents");
        sandbox = Sandbox.start(checkout);
        operator = new Operator(checkout, sandbox, console);
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

    private void siteGoesToWork() throws Exception {
        console.heading("site", "The site goes to work, and does not stop until the end");
        site = sandbox.site();
        site.give(truth.fair(), 10);
        site.start();
        console.line("One process on web0 (signature version 4), one on worker0 (version 2).");
    }

    private void lookAtIt(String stage) throws Exception {
        console.heading("status_" + stage.replace('-', '_'), "Where is it?");
        TypedCommand status = operator.type("bin/cchq-migrate", "sandbox", "status", "blobs");
        expect(0, status, "status");
        if (status.output().stream().noneMatch(line -> line.matches(".*\\b" + stage + "\\b.*"))) {
            findings.add("status does not say that the stage is " + stage);
        }
        // A command to be copied stays in one piece.
        status.output().stream()
                .filter(line -> line.length() > 80 && !line.matches(" *(next:|resume with:|type|->) .*"))
                .forEach(line -> findings.add("status is wider than 80 columns: " + line));
    }

    private void advanceToDual() throws Exception {
        console.heading("dual", "New writes to the new cluster; the old one is read where that has nothing");
        console.line("# in vault.yml: the new cluster's keys, and the old ones once more as OLD_S3_BLOB_DB_*");
        sandbox.edits().updateVault();
        must(advance("--new-hosts", "127.0.0.3"), "advance to dual");
        String owner = sandbox.serviceUser();
        expect(
                0,
                operator.line("cchq sandbox run-shell-command django_manage 'mkdir /opt/data/blobdb-migration-logs;"
                        + " chown cchq:cchq /opt/data/blobdb-migration-logs' -b"),
                "run-shell-command");
        if (!sandbox.owns(logs())) {
            findings.add("the log directory does not belong to " + owner);
        }
    }

    private TypedCommand advance(String... options) throws IOException {
        return operator.type(
                Stream.concat(Stream.of("bin/cchq-migrate", "sandbox", "advance", "blobs"), Stream.of(options))
                        .toArray(String[]::new));
    }

    private Path logs() {
        return sandbox.host("manage0").data().resolve("blobdb-migration-logs");
    }

    private TypedCommand backFill() throws IOException {
        return operator.line("cchq sandbox django-manage run_blob_migration migrate_backend"
                + " --log-dir=/opt/data/blobdb-migration-logs --chunk-size=1000 --num-workers=15");
    }

    private void backFillAndKill() throws Exception {
        console.heading("back_fill", "Back-fill; the agent is killed half-way");
        PlantedRaces.arm(sandbox, truth);
        long before = sandbox.target().writes();
        long half = before + rows * 2L / 5;
        TypedCommand typed = backFill();
        Eventually.holds(
                "two fifths of the blobs on the new cluster",
                PATIENCE,
                () -> sandbox.target().writes() >= half || !typed.running());
        List<ProcessHandle> agents = sandbox.agents();
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

    private void resume() throws Exception {
        console.heading("resume", "The same command again goes on where it was left");
        expect(INCOMPLETE, backFill(), "back-fill");
    }

    private void check() throws Exception {
        console.heading("check", "What is it that is missing?");
        result.put("checked", checked(false).counts());
    }

    private CheckedClasses checked(boolean repaired) throws Exception {
        TypedCommand typed = checkBlobLogs(repaired ? List.of("--migrate") : List.of());
        typed.await(PATIENCE);
        CheckedClasses classes = CheckedClasses.of(typed.output());
        site.tell(truth);
        findings.addAll(classes.findings(truth, repaired, sandbox.couch().isPresent()));
        return classes;
    }

    private void repair() throws Exception {
        console.heading("repair", "The old cluster's policy is mended; copy what is found there");
        sandbox.old().allowAll();
        result.put("repaired", checked(true).counts());
        expect(INCOMPLETE, backFill(), "back-fill once more");
    }

    private TypedCommand checkBlobLogs(List<String> options) throws IOException {
        List<String> words = new ArrayList<>(List.of("bin/cchq", "sandbox", "django-manage", "check_blob_logs"));
        try (Stream<Path> files = Files.list(logs())) {
            files.map(file -> file.getFileName().toString())
                    .filter(file -> file.matches("migrate_backend-blob-migration-.*\\.txt"))
                    .filter(file -> !file.contains("summary"))
                    .sorted()
                    .forEach(file -> words.add(operator.seen("/opt/data/blobdb-migration-logs/" + file)));
        }
        words.addAll(options);
        return operator.run(words.toArray(String[]::new));
    }

    private void refusedGate() throws Exception {
        console.heading("gate", "On to the flip? Not without proof that all is there");
        expect(REFUSED, advance(), "advance before verify");
        if (!Ports.answers(sandbox.newPort())) {
            findings.add("the refused step changed something");
        }
    }

    private void verify() throws Exception {
        console.heading("verify", "Both clusters are compared, row by row");
        TypedCommand typed = operator.type("bin/cchq-migrate", "sandbox", "run", "blobs", "verify");
        result.put("verify_status", typed.await(PATIENCE));
    }

    private void advanceToTemporaryFlip() throws Exception {
        console.heading("temp_flip", "Both ports to the new cluster, then the site to one port");
        Path accepted = sandbox.scratch().directory().resolve("accepted.txt");
        Files.write(
                accepted,
                truth.planted().stream()
                        .filter(problem -> problem.kind().lost())
                        .map(problem -> problem.blob().key())
                        .toList());
        console.line("# accepted.txt: the " + Files.readAllLines(accepted).size() + " keys that are lost");
        sandbox.target().addAccountOf(sandbox.old());
        flipped = Instant.now();
        must(advance("--accept-missing", accepted.toString()), "advance to temp-flip");
    }

    private void goBackAndForward() throws Exception {
        console.heading("back", "Something is not right? One step back, and forward again");
        must(operator.type("bin/cchq-migrate", "sandbox", "back", "blobs"), "back");
        Path accepted = sandbox.scratch().directory().resolve("accepted.txt");
        must(advance("--accept-missing", accepted.toString()), "advance to temp-flip again");
    }

    private void advanceToFinal() throws Exception {
        console.heading("final", "The second port goes");
        Instant until = Instant.now().plus(IDLE);
        Eventually.holds(
                "the old way to be idle",
                IDLE.multipliedBy(4),
                () -> Instant.now().isAfter(until));
        must(advance("--idle", IDLE.toSeconds() + "s"), "advance to final");
        if (Ports.answers(sandbox.newPort())) {
            findings.add("something still listens on the second port");
        }
        String front = Files.readString(
                sandbox.host("proxy0").directory().resolve("etc/nginx/sites-enabled/sandbox_commcare"));
        if (!front.contains("CommCare HQ")) {
            findings.add("the site's front door was changed");
        }
    }

    private void siteComesToRest() throws Exception {
        console.heading("rest", "The site comes to rest");
        site.stop();
        site.tell(truth);
        site.failures().forEach(failure -> findings.add("a request of the site failed: " + failure));
        result.put("site", site.counts());
        console.line("It did: " + Json.write(site.counts()));
    }

    private void report() throws Exception {
        console.heading("report", "The report");
        operator.type("bin/cchq-migrate", "sandbox", "report", "blobs").await(PATIENCE);
        TypedCommand json = operator.run("bin/cchq-migrate", "sandbox", "report", "blobs", "--json");
        json.await(PATIENCE);
        try {
            result.put("report", Json.read(String.join("\n", json.output()), "report --json"));
        } catch (UserException e) {
            findings.add("report --json is not JSON: " + e.getMessage());
        }
    }

    private void compare() throws Exception {
        console.heading("compare", "Every blob read through 8080, and compared with what must be there");
        URI proxy = sandbox.proxy(sandbox.oldPort());
        Comparison comparison = Comparison.throughProxy(sandbox, truth, flipped, proxy);
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
                        ? "All is as it must be: nothing lost, nothing wrong, no request failed, nothing left running."
                        : findings.size() + " findings.");
        result.put("seconds", console.seconds());
        result.put("findings", findings);
        result.put("result", findings.isEmpty() ? "ok" : "failed");
        return result;
    }

    private void expect(int status, TypedCommand command, String what) throws IOException, InterruptedException {
        int found = command.await(PATIENCE);
        if (found != status) {
            findings.add(what + " ended with exit status " + found + " and not " + status);
        }
    }

    /** Without that there is no way on. */
    private void must(TypedCommand command, String what) throws IOException, InterruptedException {
        int found = command.await(PATIENCE);
        if (found != 0) {
            throw new IOException(what + " ended with exit status " + found);
        }
    }

    /** Stops what is running, in any state. */
    @Override
    public synchronized void close() throws Exception {
        if (operator != null) {
            operator.close();
        }
        if (sandbox != null) {
            sandbox.close();
            sandbox = null;
        }
    }
}
