package org.cchq.migrate.testing.doctypes;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.CouchServer;
import org.cchq.migrate.testing.Ports;

/**
 * HQ's {@code user_db_migration} from its first copy to its cleanup, while a site writes to it: initial, continuous, flip,
 * back, flip, cleanup, the agent killed on the way. An independent script compares both databases at each turn.
 */
public final class DoctypeTrial {
    private static final String SLUG = "user_db_migration";
    private static final String SOURCE = "commcarehq";
    private static final String TARGET = "commcarehq__users";

    private final Path checkout;
    private final PrintStream out;
    private final CouchRequests source;
    private final CouchRequests target;
    private final AgentRuns agent;
    private final String server;
    private final Path directory;
    private boolean good = true;

    private DoctypeTrial(Path checkout, Path directory, Path jar, String server, long seed, PrintStream out)
            throws IOException {
        this.checkout = checkout;
        this.directory = directory;
        this.server = server;
        this.out = out;
        source = new CouchRequests(server, SOURCE);
        target = new CouchRequests(server, TARGET);
        Path settings = Files.writeString(
                directory.resolve("settings.json"),
                Json.write(Map.of(
                        "COUCH_DATABASES",
                        Map.of(
                                "default",
                                Map.of(
                                        "COUCH_HTTPS",
                                        false,
                                        "COUCH_SERVER_ROOT",
                                        server.replaceAll("http://|/$", ""),
                                        "COUCH_USERNAME",
                                        "",
                                        "COUCH_PASSWORD",
                                        "",
                                        "COUCH_DATABASE_NAME",
                                        SOURCE)))));
        agent = new AgentRuns(jar, directory, settings, seed);
    }

    /** @param arguments the agent's jar, documents, kills, writes a second, seed */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.exit(
                run(
                                Path.of("").toAbsolutePath(),
                                Path.of(arguments[0]),
                                number(arguments, 1, 200_000),
                                number(arguments, 2, 100),
                                number(arguments, 3, 100),
                                number(arguments, 4, 20_260_101),
                                out)
                        ? 0
                        : 1);
    }

    private static int number(String[] arguments, int at, int otherwise) {
        return arguments.length > at ? Integer.parseInt(arguments[at]) : otherwise;
    }

    /** Whether every comparison found both sides equal; empty server: not installed. */
    static boolean run(Path checkout, Path jar, int documents, int kills, int rate, long seed, PrintStream out)
            throws Exception {
        Path directory = Files.createTempDirectory("cchq-doctypes-");
        Optional<CouchServer> couch = CouchServer.startIn(checkout, directory, new Ports().free());
        if (couch.isEmpty()) {
            out.println("pouchdb-server is not installed: bin/setup test");
            return false;
        }
        try (CouchServer running = couch.get()) {
            String server = "http://127.0.0.1:" + running.port() + "/";
            return new DoctypeTrial(checkout, directory, jar, server, seed, out).go(documents, kills, rate, seed);
        } finally {
            try (var files = Files.walk(directory)) {
                for (Path file :
                        files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private boolean go(int documents, int kills, int rate, long seed) throws Exception {
        source.create();
        DocumentEstate estate = new DocumentEstate(source, seed);
        estate.fill(documents);
        estate.addViews();
        say("made " + documents + " documents of " + DocumentEstate.TYPES.size() + " types, and others");
        try (WritingSite site = new WritingSite(source, rate, seed)) {
            site.start();
            long begun = System.nanoTime();
            agent.killing(kills / 3, 4_000, "", "run_doctype_migration", SLUG, "--initial");
            say("initial: " + seconds(begun) + ", killed " + agent.killed() + " times so far");
            agent.killing(kills / 3, 4_000, "", "run_doctype_migration", SLUG, "--continuous", "--once");
            // As HQ has it in each of its databases; without it a cleanup counts the target one by one before it
            // deletes.
            new DocumentEstate(target, seed).addViews();
            Process forward = continuous("forward.txt");
            TimeUnit.SECONDS.sleep(5);
            String verified = agent.run(0, "", "verify_doctype", SLUG);
            say("verified while the site writes: "
                    + verified.lines().reduce((a, b) -> b).orElse(""));
            agent.run(0, "", "doctype_mark", SLUG, "flip-ready");
            site.flip(target, () -> {
                caughtUp(forward);
                AgentRuns.stop(forward);
                compare("at the flip", SOURCE, TARGET);
            });
            agent.run(0, "", "doctype_mark", SLUG, "flipped");
            Process reverse = continuous("reverse.txt", "--reverse");
            TimeUnit.SECONDS.sleep(5);
            site.flip(source, () -> {
                caughtUp(reverse);
                AgentRuns.stop(reverse);
                compare("back again", TARGET, SOURCE);
            });
            agent.run(0, "", "doctype_mark", SLUG, "back");
            Process again = continuous("forward.txt");
            TimeUnit.SECONDS.sleep(5);
            agent.run(0, "", "verify_doctype", SLUG);
            agent.run(0, "", "doctype_mark", SLUG, "flip-ready");
            site.flip(target, () -> {
                caughtUp(again);
                AgentRuns.stop(again);
                compare("at the second flip", SOURCE, TARGET);
            });
            agent.run(0, "", "doctype_mark", SLUG, "flipped");
            TimeUnit.SECONDS.sleep(2);
            // Cleanup wants a comparison since the flip. The site goes on in the target, so that there are differences.
            agent.start(directory.resolve("verified.txt"), "", "verify_doctype", SLUG, "--settle=0")
                    .waitFor();
            say("site: " + site.written() + " writes, " + site.failures().size() + " failed");
            good &= site.failures().isEmpty();
            site.failures().stream().limit(5).forEach(this::say);
        }
        List<String> before = listed(TARGET);
        agent.killing(
                kills - 2 * (kills / 3),
                4_000,
                "y\n" + SOURCE + "\n",
                "run_doctype_migration",
                SLUG,
                "--cleanup",
                "--rate=0");
        good &= listed(TARGET).equals(before);
        say("cleanup left the target " + (listed(TARGET).equals(before) ? "as it was" : "OTHERWISE THAN IT WAS"));
        List<String> left = listed(SOURCE);
        good &= left.isEmpty();
        say("documents of these types left in the source: " + left.size());
        say(agent.run(0, "", "run_doctype_migration", SLUG, "--stats"));
        say("killed " + agent.killed() + " times; " + (good ? "nothing lost, revived or forked" : "NOT GOOD"));
        return good;
    }

    private Process continuous(String output, String... more) throws IOException {
        List<String> words = new ArrayList<>(List.of("run_doctype_migration", SLUG, "--continuous"));
        words.addAll(List.of(more));
        return agent.start(directory.resolve(output), "", words.toArray(new String[0]));
    }

    /** Two more ends of the feed than there were: the first may have been on its way when the site stopped writing. */
    private void caughtUp(Process running) throws IOException, InterruptedException {
        Path output = directory.resolve(
                running.info().arguments().stream()
                                .flatMap(java.util.Arrays::stream)
                                .anyMatch("--reverse"::equals)
                        ? "reverse.txt"
                        : "forward.txt");
        long wanted = ends(output) + 2;
        for (int i = 0; i < 1_200 && ends(output) < wanted; i++) {
            if (!running.isAlive()) {
                throw new IOException(
                        "continuous ended with " + running.exitValue() + ":\n" + Files.readString(output));
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        if (ends(output) < wanted) {
            throw new IOException("not caught up after two minutes:\n" + Files.readString(output));
        }
    }

    private static long ends(Path output) throws IOException {
        return Files.readString(output).lines().filter("All caught up!"::equals).count();
    }

    /** Ids and revisions of the migrated types, by the database itself. */
    private List<String> listed(String database) throws IOException, InterruptedException {
        CouchRequests requests = new CouchRequests(server, database);
        List<String> listed = new ArrayList<>();
        List<String> types = new ArrayList<>(DocumentEstate.TYPES);
        DocumentEstate.TYPES.forEach(type -> types.add(type + "-Deleted"));
        String after = "";
        while (true) {
            Object rows = requests.get("/_all_docs?include_docs=true&limit=2000"
                            + (after.isEmpty()
                                    ? ""
                                    : "&skip=1&startkey="
                                            + CouchRequests.path('"' + after + '"')
                                                    .substring(1)))
                    .get("rows");
            List<?> page = rows instanceof List<?> list ? list : List.of();
            for (Object row : page) {
                Map<?, ?> document = (Map<?, ?>) java.util.Objects.requireNonNull(((Map<?, ?>) row).get("doc"));
                after = String.valueOf(document.get("_id"));
                if (types.contains(String.valueOf(document.get("doc_type")))) {
                    listed.add(after + " " + document.get("_rev"));
                }
            }
            if (page.size() < 2000) {
                return listed;
            }
        }
    }

    /**
     * @param from what was written to: all of it has to be in the other. That may know of more that is dead: a document that
     *     was deleted before the first copy has left nothing in the target, and is made anew there.
     */
    private void compare(String when, String from, String to) throws IOException, InterruptedException {
        List<String> command = List.of(
                "/usr/bin/python3",
                checkout.resolve("bin/doctype-compare").toString(),
                server + from,
                server + to,
                "--bytes",
                "--types",
                String.join(",", DocumentEstate.TYPES));
        Process compare = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(compare.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exit = compare.waitFor();
        say(when + ": " + (exit == 0 ? "both sides are equal" : "NOT EQUAL\n" + said));
        good &= exit == 0;
    }

    private static String seconds(long begun) {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun) + " s";
    }

    private void say(String line) {
        out.println(line);
    }
}
