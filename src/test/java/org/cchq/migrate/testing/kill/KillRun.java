package org.cchq.migrate.testing.kill;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
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

    public KillRun(BlobSite site, Path agentJar, long seed, Consumer<String> told) {
        this.site = site;
        this.agentJar = agentJar;
        this.random = new Random(seed);
        this.told = told;
    }

    /**
     * What was found at the end.
     *
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
            long enumerated,
            Map<String, Object> counts,
            int lost,
            int wrong,
            int orphans,
            long countedTwice) {
        public boolean clean() {
            return lost == 0 && wrong == 0 && orphans == 0 && countedTwice == 0;
        }
    }

    /** @param most milliseconds that a process lives; each lives for a random part of it */
    public Report run(int blobs, int kills, int most) throws Exception {
        seed(blobs);
        int sessions = 0;
        Map<String, Object> ended;
        SiteAtWork work = new SiteAtWork(site, blobs, random.nextLong());
        try (work) {
            work.start();
            for (int kill = 1; kill <= kills; kill++) {
                Process agent = start(sessions++);
                if (!agent.waitFor(random.nextInt(most), TimeUnit.MILLISECONDS)) {
                    agent.destroyForcibly();
                }
                agent.waitFor();
                if (kill % 20 == 0) {
                    told.accept(kill + " kills, target holds "
                            + BlobSite.list(site.newServer()).size() + " blobs");
                }
            }
            // The pass that was killed so often comes to its end beside the working site.
            ended = runToEnd(sessions++);
        }
        Map<?, ?> counts = (Map<?, ?>) ended.get("counts");
        long enumerated = number(counts, "enumerated");
        long pass = passes();
        // What the site put and deleted while that run ended is looked at by one more.
        runToEnd(sessions++);
        long outcomes = 0;
        for (String outcome : List.of(
                "copied", "already_there", "missing_on_source", "not_referenced", "differs", "denied", "failed")) {
            outcomes += number(counts, outcome);
        }
        long beyond = Math.max(0, enumerated - (blobs + work.puts())) + Math.abs(enumerated - outcomes);
        if (pass == 1) {
            beyond += Math.max(0, blobs - work.deletes() - enumerated);
        }
        Map<String, Object> shown = new LinkedHashMap<>();
        counts.forEach((name, value) -> shown.put(String.valueOf(name), value));
        shown.put("passes", pass);
        return judge(new Report(kills, sessions, work.puts(), work.deletes(), enumerated, shown, 0, 0, 0, beyond));
    }

    private static long number(Map<?, ?> counts, String name) {
        return ((Number) counts.get(name)).longValue();
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
        Path out = site.directory().resolve("session-" + session + ".out");
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
                        "--chunk-size=50",
                        "--num-workers=4",
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

    /** Runs to the end; its last event. */
    private Map<String, Object> runToEnd(int session) throws Exception {
        Process agent = start(session);
        if (!agent.waitFor(10, TimeUnit.MINUTES)) {
            agent.destroyForcibly();
            throw new AssertionError("the last run did not end within ten minutes");
        }
        String out = Files.readString(site.directory().resolve("session-" + session + ".out"));
        String last = out.lines().reduce((first, second) -> second).orElse("");
        if (!last.contains("\"ended\"")) {
            throw new AssertionError("the run ended without its last event, exit " + agent.exitValue() + ":\n" + out);
        }
        Map<String, Object> ended = new LinkedHashMap<>();
        Json.readObject(last, "ended").forEach(ended::put);
        if (agent.exitValue() != 0) {
            throw new AssertionError("the run ended with exit " + agent.exitValue() + ":\n" + last);
        }
        return ended;
    }

    private long passes() throws Exception {
        try (Connection ledger = java.sql.DriverManager.getConnection(
                        "jdbc:sqlite:" + site.directory().resolve("migrate_backend.ledger"));
                Statement statement = ledger.createStatement();
                ResultSet rows = statement.executeQuery("SELECT max(number) FROM pass")) {
            rows.next();
            return rows.getLong(1);
        }
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
        target.keySet().forEach(key -> told.accept("ORPHAN " + key));
        return new Report(
                report.kills(),
                report.sessions(),
                report.puts(),
                report.deletes(),
                report.enumerated(),
                report.counts(),
                lost,
                wrong,
                target.size(),
                report.countedTwice());
    }
}
