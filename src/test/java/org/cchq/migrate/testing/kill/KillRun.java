package org.cchq.migrate.testing.kill;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.store.blob.BlobInfo;
import org.cchq.migrate.store.blob.S3BlobStore;
import org.cchq.migrate.store.blob.StoredBlob;
import org.cchq.migrate.testing.BlobSite;
import org.cchq.migrate.testing.MadeBlob;

/**
 * Copies a site's blobs with the agent's jar in processes of its own, each killed with SIGKILL at a random instant, while
 * the site puts and deletes blobs; then lets one run end, and counts what is lost, wrong, left over or counted twice.
 */
public final class KillRun {
    private static final int SEEDERS = 8;
    private static final String PREFIX = "k";

    private final BlobSite site;
    private final Path agentJar;
    private final Consumer<String> told;
    private final Random random;
    /** Milliseconds until a process copies, as learned. */
    private int starting = 1500;

    public KillRun(BlobSite site, Path agentJar, long seed, Consumer<String> told) {
        this.site = site;
        this.agentJar = agentJar;
        this.random = new Random(seed);
        this.told = told;
    }

    /**
     * What was found at the end.
     *
     * @param killsOfFirstPass kills before everything had been copied once
     * @param lost rows without their blob on the target
     * @param wrong blobs on the target with other bytes
     * @param orphans blobs on the target without a row
     * @param countedTwice enumerated beyond what ever was there, or outcomes that do not sum up to what was enumerated
     */
    public record Report(
            int kills,
            int sessions,
            int puts,
            int deletes,
            List<Pass> passes,
            int killsOfFirstPass,
            int lost,
            int wrong,
            int orphans,
            long countedTwice) {
        public boolean clean() {
            return lost == 0 && wrong == 0 && orphans == 0 && countedTwice == 0;
        }
    }

    /** @param working milliseconds; a process is killed at a random instant of its start and this long afterwards */
    public Report run(int blobs, int kills, int working) throws Exception {
        seed(blobs);
        int sessions = 0;
        int killsOfFirstPass = 0;
        SiteAtWork work = new SiteAtWork(site, blobs, random.nextLong());
        try (work) {
            work.start();
            for (int kill = 1; kill <= kills; kill++) {
                letLive(sessions++, working);
                if (kill % 10 == 0) {
                    int pass = Files.exists(ledger()) ? passes().size() : 0;
                    killsOfFirstPass = pass <= 1 ? kill : killsOfFirstPass;
                    told.accept(kill + " kills, pass " + pass + ", target holds "
                            + BlobSite.list(site.newServer()).size() + " blobs");
                }
            }
            // The pass that was killed so often comes to its end beside the working site.
            runToEnd(sessions++);
        }
        // What the site put and deleted while that run ended is looked at by one more.
        runToEnd(sessions++);
        List<Pass> passes = passes();
        long countedTwice = 0;
        for (Pass pass : passes) {
            countedTwice += Math.abs(pass.enumerated() - pass.ended());
            countedTwice += Math.max(0, pass.enumerated() - (blobs + work.puts()));
            countedTwice += Math.max(0, blobs - work.deletes() - pass.enumerated());
        }
        told.accept("passes: " + passes);
        return judge(new Report(
                kills, sessions, work.puts(), work.deletes(), passes, killsOfFirstPass, 0, 0, 0, countedTwice));
    }

    /** A pass as the ledger has counted it. */
    public record Pass(long number, long enumerated, long ended, Map<String, Long> outcomes) {}

    private void letLive(int session, int working) throws Exception {
        Process agent = start(session);
        long begun = System.nanoTime();
        if (!agent.waitFor(random.nextInt(starting + working), TimeUnit.MILLISECONDS)) {
            agent.destroyForcibly();
        }
        agent.waitFor();
        // A busy machine starts slowly: learn how slowly, so that as many kills hit the copying as the starting.
        int lived = (int) TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        boolean begunToCopy = Files.readString(output(session)).contains("\"progress\"");
        if (begunToCopy) {
            starting = Math.max(300, Math.min(starting, lived) * 19 / 20);
        } else if (lived > starting * 2 / 3) {
            starting = starting * 21 / 20;
        }
    }

    private Path output(int session) {
        return site.directory().resolve("session-" + session + ".out");
    }

    private void seed(int blobs) throws Exception {
        List<Future<Integer>> seeders = new ArrayList<>();
        ExecutorService pool = Executors.newFixedThreadPool(SEEDERS);
        try (S3BlobStore old = BlobSite.store(site.oldServer())) {
            for (int seeder = 0; seeder < SEEDERS; seeder++) {
                int first = seeder;
                Callable<Integer> seeding = () -> {
                    for (int i = first; i < blobs; i += SEEDERS) {
                        try (MadeBlob blob = MadeBlob.of(bytes(PREFIX + i))) {
                            old.putIfAbsent(PREFIX + i, blob);
                        }
                    }
                    return first;
                };
                seeders.add(pool.submit(seeding));
            }
            for (Future<Integer> seeder : seeders) {
                seeder.get();
            }
        } finally {
            pool.shutdownNow();
        }
        for (int shard = 0; shard < BlobSite.SHARDS.size(); shard++) {
            try (Connection connection = site.postgres().connect(BlobSite.SHARDS.get(shard));
                    PreparedStatement insert = connection.prepareStatement(SiteAtWork.INSERT)) {
                connection.setAutoCommit(false);
                for (int i = shard; i < blobs; i += BlobSite.SHARDS.size()) {
                    SiteAtWork.bind(insert, PREFIX + i, bytes(PREFIX + i).length);
                    insert.addBatch();
                }
                insert.executeBatch();
                connection.commit();
            }
        }
        told.accept("seeded " + blobs + " blobs in " + BlobSite.SHARDS.size() + " shards");
    }

    /** The bytes of a key: 0 to 8,000, different for each. */
    static byte[] bytes(String key) {
        Random of = new Random(key.hashCode() * 2654435761L);
        byte[] bytes = new byte[of.nextInt(8000)];
        of.nextBytes(bytes);
        return bytes;
    }

    private Process start(int session) throws IOException {
        Path out = output(session);
        Process agent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-jar",
                        agentJar.toString(),
                        "run_blob_migration",
                        "--log-dir=" + site.directory(),
                        "--settings=-",
                        "--output=json",
                        "--chunk-size=20",
                        "--num-workers=2",
                        "--settle=1",
                        "--listing=never",
                        "migrate_backend")
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try (OutputStream in = agent.getOutputStream()) {
            in.write(Json.write(site.settings()).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // killed before it read its settings; that is what this is about
        }
        return agent;
    }

    private void runToEnd(int session) throws Exception {
        Process agent = start(session);
        if (!agent.waitFor(10, TimeUnit.MINUTES)) {
            agent.destroyForcibly();
            throw new AssertionError("the last run did not end within ten minutes");
        }
        String out = Files.readString(output(session));
        String last = out.lines().reduce((first, second) -> second).orElse("");
        if (agent.exitValue() != 0 || !last.contains("\"ended\"")) {
            throw new AssertionError("the run ended with exit " + agent.exitValue() + ":\n" + last);
        }
    }

    private List<Pass> passes() throws Exception {
        List<Pass> passes = new ArrayList<>();
        try (Connection ledger = DriverManager.getConnection("jdbc:sqlite:" + ledger());
                Statement statement = ledger.createStatement();
                Statement inner = ledger.createStatement();
                ResultSet rows = statement.executeQuery("SELECT number, enumerated FROM pass ORDER BY number")) {
            while (rows.next()) {
                Map<String, Long> outcomes = new LinkedHashMap<>();
                try (ResultSet counts = inner.executeQuery(
                        "SELECT outcome, items FROM outcome WHERE items <> 0 AND pass = " + rows.getLong(1))) {
                    while (counts.next()) {
                        outcomes.put(counts.getString(1), counts.getLong(2));
                    }
                }
                long ended =
                        outcomes.values().stream().mapToLong(Long::longValue).sum();
                passes.add(new Pass(rows.getLong(1), rows.getLong(2), ended, outcomes));
            }
        }
        return passes;
    }

    private Path ledger() {
        return site.directory().resolve("migrate_backend.ledger");
    }

    private Report judge(Report report) throws Exception {
        int lost = 0;
        int wrong = 0;
        Map<String, BlobInfo> target = BlobSite.list(site.newServer());
        try (S3BlobStore store = BlobSite.store(site.newServer())) {
            for (String shard : BlobSite.SHARDS) {
                try (Connection connection = site.postgres().connect(shard);
                        Statement statement = connection.createStatement();
                        ResultSet rows = statement.executeQuery("SELECT key FROM blobs_blobmeta")) {
                    while (rows.next()) {
                        String key = rows.getString(1);
                        target.remove(key);
                        Optional<StoredBlob> found = store.open(key);
                        if (found.isEmpty()) {
                            lost++;
                            told.accept("LOST " + key);
                        } else {
                            try (StoredBlob blob = found.get()) {
                                if (!Arrays.equals(bytes(key), blob.body().readAllBytes())) {
                                    wrong++;
                                    told.accept("WRONG " + key);
                                }
                            }
                        }
                    }
                }
            }
        }
        // A canary of a process that was killed while it probed stays until a run an hour later removes it.
        target.keySet().removeIf(key -> key.startsWith("cchq-migrate-probe-"));
        target.keySet().forEach(key -> told.accept("ORPHAN " + key));
        return new Report(
                report.kills(),
                report.sessions(),
                report.puts(),
                report.deletes(),
                report.passes(),
                report.killsOfFirstPass(),
                lost,
                wrong,
                target.size(),
                report.countedTwice());
    }
}
