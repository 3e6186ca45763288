package org.cchq.migrate.testing.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.cchq.migrate.testing.HqSchema;
import org.cchq.migrate.testing.bench.CellResult.Line;
import org.cchq.migrate.testing.bench.CellResult.Round;
import org.cchq.migrate.testing.bench.CellResult.Target;
import org.cchq.migrate.testing.bench.Workbench.Way;

/**
 * Millions of rows in four shards. First how soon the first blob is copied, on the real gateway, ended after some seconds.
 * Then one pass over all rows, each of which has its object on the target already, so that it ends in bounded time: its
 * memory is that of the enumeration, the ledger and the index of the target's keys, whatever is in flight aside.
 */
final class RowsCell {
    private static final int SHARDS = 4;
    private static final int IN_FLIGHT = 16;
    private static final int LENGTH = 4096;
    private static final long SOME_SECONDS = Duration.ofSeconds(3).toNanos();

    private final Workbench bench;
    private final int rows;
    private final int rounds;

    RowsCell(Workbench bench, int rows, int rounds) {
        this.bench = bench;
        this.rows = rows;
        this.rounds = rounds;
    }

    CellResult run(String name) throws Exception {
        Workbench.say("making " + rows + " rows");
        for (int shard = 0; shard < SHARDS; shard++) {
            createShard(shard);
        }
        List<Round> firsts = new ArrayList<>();
        List<Double> untilFirst = new ArrayList<>();
        ObjectSet there = new ObjectSet("unused", 2_000, LENGTH);
        String bucket = "rows-source";
        ObjectSet.createBucket(bench.source(), bucket);
        ObjectSet.each(
                bench.source(),
                there.count(),
                (client, index) -> client.expect("PUT", "/" + bucket + "/" + key(index), "", content(index), 200));
        for (int round = 0; round < rounds; round++) {
            String target = "rows-target-" + round;
            ObjectSet.createBucket(bench.target(), target);
            try (Relay relay = new Relay(bench.target().port(), Duration.ZERO)) {
                Way way = new Way(bench.source(), bucket, bench.target().through(relay.localPort()), target);
                Child.Cost cost = bench.agent(
                        way,
                        databases(),
                        IN_FLIGHT,
                        () -> relay.firstPut() != 0 && System.nanoTime() - relay.firstPut() > SOME_SECONDS);
                untilFirst.add((relay.firstPut() - cost.startedNanos()) / 1e9);
                firsts.add(Round.of(cost, 0));
                Workbench.say(
                        String.format(Locale.ROOT, "  first blob after %.2f s", untilFirst.get(untilFirst.size() - 1)));
            }
        }
        Round whole = wholePass();
        Line line = new Line("cchq-migrate", new ObjectSet("rows", rows, LENGTH), List.of(whole));
        double peak = Math.max(
                line.peakMiB(), firsts.stream().mapToLong(Round::peakKiB).max().orElse(0) / 1024.0);
        return new CellResult(
                name,
                String.format(Locale.ROOT, "%,d rows in %d shards, all of them there already: one pass", rows, SHARDS),
                List.of(line),
                List.of(
                        Target.atMost("peak RSS, MiB", peak, 512),
                        Target.atMost("seconds to the first blob", CellResult.median(untilFirst), 2)),
                List.of("rows listed and compared, no bytes moved: MB/s says nothing here"));
    }

    private Round wholePass() throws Exception {
        try (InstantS3 source = new InstantS3();
                InstantS3 target = new InstantS3()) {
            long[] keys = new long[rows];
            for (int i = 0; i < rows; i++) {
                keys[i] = half(i);
            }
            // Unsigned order is the signed order of the values with the top bit turned.
            for (int i = 0; i < rows; i++) {
                keys[i] ^= Long.MIN_VALUE;
            }
            Arrays.sort(keys);
            for (int i = 0; i < rows; i++) {
                keys[i] ^= Long.MIN_VALUE;
            }
            target.list("target", keys, LENGTH);
            ObjectSet.createBucket(source.endpoint(), "source");
            Child.Cost cost = bench.agent(
                    new Way(source.endpoint(), "source", target.endpoint(), "target"), databases(), IN_FLIGHT);
            return Round.of(cost, 0);
        }
    }

    private void createShard(int shard) throws Exception {
        String database = "p" + shard;
        bench.postgres().createDatabase(database, HqSchema.E4);
        // Rows of one shard are every fourth, so that the first page of each begins with objects that exist.
        bench.postgres()
                .execute(
                        database,
                        "INSERT INTO blobs_blobmeta (domain, parent_id, name, key, type_code, created_on, content_length)"
                                + " SELECT 'demo', md5('form-' || i), '', repeat(substr(md5(i::text), 1, 16), 2), 3, now(), "
                                + LENGTH + " FROM generate_series(" + shard + ", " + (rows - 1) + ", " + SHARDS
                                + ") i");
        bench.postgres().execute(database, "ANALYZE blobs_blobmeta");
    }

    private Map<String, Object> databases() {
        Map<String, Object> databases = new LinkedHashMap<>();
        databases.put("default", bench.postgres().djangoSettings("hq"));
        Map<String, Object> proxy = new LinkedHashMap<>(bench.postgres().djangoSettings("hq"));
        proxy.put("PLPROXY", Map.of("PROXY", true));
        databases.put("proxy", proxy);
        for (int shard = 0; shard < SHARDS; shard++) {
            Map<String, Object> database = new LinkedHashMap<>(bench.postgres().djangoSettings("p" + shard));
            database.put("PLPROXY", Map.of("SHARDS", List.of(shard, shard)));
            databases.put("p" + shard, database);
        }
        return databases;
    }

    private static long half(int index) throws GeneralSecurityException {
        byte[] digest =
                MessageDigest.getInstance("MD5").digest(Integer.toString(index).getBytes(StandardCharsets.US_ASCII));
        return ByteBuffer.wrap(digest).getLong();
    }

    private static String key(int index) throws GeneralSecurityException {
        return InstantS3.listedKey(half(index));
    }

    private static byte[] content(int index) {
        byte[] content = new byte[LENGTH];
        new Random(index).nextBytes(content);
        return content;
    }
}
