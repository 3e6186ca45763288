package org.cchq.migrate.testing.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cchq.migrate.store.document.CouchDatabase;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.testing.CouchServer;
import org.cchq.migrate.testing.bench.CellResult.Line;
import org.cchq.migrate.testing.bench.CellResult.Round;
import org.cchq.migrate.testing.bench.CellResult.Target;
import org.jspecify.annotations.Nullable;

/**
 * How far {@code --continuous} is behind a site that changes 100 documents a second, one request each: twice a second a
 * document is made in the source, and looked for in the target until it is there.
 */
final class LagCell {
    private static final int PER_SECOND = 100;
    private static final int CHANGES_A_PROBE = 50;
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private final Path agentJar;
    private final Path checkout;
    private final List<String> jvm;
    private final BenchDocuments documents;
    private final int seconds;
    private final int rounds;
    private final Random random = new Random(7);

    LagCell(Path agentJar, List<String> jvm, int count, int seconds, int rounds) {
        this.agentJar = agentJar.toAbsolutePath();
        this.checkout = this.agentJar.getParent().getParent();
        this.jvm = List.copyOf(jvm);
        this.documents = new BenchDocuments(count);
        this.seconds = seconds;
        this.rounds = rounds;
    }

    CellResult run(String name) throws Exception {
        Path directory = Files.createTempDirectory("bench-lag-");
        List<Double> delays = new ArrayList<>();
        List<Round> measured = new ArrayList<>();
        double rate = 0;
        try (CouchServer source = BenchDocuments.server(checkout, directory.resolve("source"));
                CouchServer target = BenchDocuments.server(checkout, directory.resolve("target"))) {
            for (int round = 0; round < rounds; round++) {
                CouchDatabase from = new CouchDatabase(source.spec("hq" + round));
                CouchDatabase to = new CouchDatabase(target.spec("t" + round));
                documents.fill(from);
                Path run = Files.createDirectory(directory.resolve("run-" + round));
                Child.run(agent(from, to, run, round, "--initial"), Map.of(), run.resolve("initial"), LIMIT);
                AtomicBoolean done = new AtomicBoolean();
                ExecutorService beside = Executors.newFixedThreadPool(1);
                try {
                    Future<Double> site = beside.submit(() -> {
                        try {
                            return work(from, to, delays);
                        } finally {
                            done.set(true);
                        }
                    });
                    List<String> command = agent(from, to, run, round, "--continuous");
                    measured.add(
                            Round.of(Child.run(command, Map.of(), run.resolve("continuous"), LIMIT, done::get), 0));
                    rate += site.get() / rounds;
                } finally {
                    beside.shutdownNow();
                }
                from.drop();
                to.drop();
            }
        } finally {
            BenchDocuments.remove(directory);
        }
        double worst = delays.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
        return new CellResult(
                name,
                String.format(Locale.ROOT, "--continuous beside %d changes/s for %d s", PER_SECOND, seconds),
                List.of(new Line("cchq-migrate", new ObjectSet(name, PER_SECOND * seconds, 1), measured)),
                List.of(Target.atMost("seconds from source to target, worst", worst, 5)),
                List.of(String.format(
                        Locale.ROOT,
                        "median %.2f s of %d documents that were waited for; the site made %.0f changes/s",
                        CellResult.median(delays),
                        delays.size(),
                        rate)));
    }

    private List<String> agent(CouchDatabase from, CouchDatabase to, Path run, int round, String phase)
            throws Exception {
        return documents.agent(agentJar, jvm, "lag-" + round, from.spec(), to.spec(), run, phase);
    }

    /** Changes documents at the rate, and waits for some of them in the target; changes a second. */
    private double work(CouchDatabase from, CouchDatabase to, List<Double> delays) throws Exception {
        waitFor(to, make(from, "first"));
        ExecutorService waiting = Executors.newFixedThreadPool(8);
        List<Future<Double>> waits = new ArrayList<>();
        long began = System.nanoTime();
        int changes = PER_SECOND * seconds;
        Map<String, String> revs = new LinkedHashMap<>();
        for (int i = 0; i < changes; i++) {
            if (i % CHANGES_A_PROBE == 0) {
                String id = make(from, "probe-" + i);
                waits.add(waiting.submit(() -> waitFor(to, id)));
            } else {
                change(from, "changed-" + random.nextInt(500), revs);
            }
            long due = began + (i + 1) * 1_000_000_000L / PER_SECOND;
            TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
        }
        double rate = changes / ((System.nanoTime() - began) / 1e9);
        for (Future<Double> wait : waits) {
            delays.add(wait.get());
        }
        waiting.shutdownNow();
        return rate;
    }

    private static String make(CouchDatabase database, String id) throws Exception {
        edit(database, body(id), id);
        return id;
    }

    private static void change(CouchDatabase database, String id, Map<String, String> revs) throws Exception {
        Map<String, @Nullable Object> fields = body(id);
        Optional.ofNullable(revs.get(id)).ifPresent(rev -> fields.put("_rev", rev));
        edit(database, fields, id);
        database.get(id).ifPresent(now -> revs.put(id, String.valueOf(now.get("_rev"))));
    }

    private static Map<String, @Nullable Object> body(String id) {
        return new LinkedHashMap<>(Map.of("_id", id, "doc_type", "WebUser", "at", System.nanoTime()));
    }

    private static void edit(CouchDatabase database, Map<String, @Nullable Object> fields, String id) throws Exception {
        if (!database.edit(List.of(new Document(fields))).isEmpty()) {
            throw new IllegalStateException(id + " was refused");
        }
    }

    /** Seconds until it is there. */
    private static double waitFor(CouchDatabase database, String id) throws Exception {
        long began = System.nanoTime();
        while (database.get(id).isEmpty()) {
            if (System.nanoTime() - began > Duration.ofMinutes(1).toNanos()) {
                throw new IllegalStateException(id + " did not arrive within a minute");
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return (System.nanoTime() - began) / 1e9;
    }
}
