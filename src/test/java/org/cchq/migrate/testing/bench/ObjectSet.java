package org.cchq.migrate.testing.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A set of objects that the benchmark makes: all of one size, no two alike, with keys as HQ makes them.
 *
 * @param name seeds keys and contents
 * @param bytes size of each, 1 or more
 */
record ObjectSet(String name, int count, int bytes) {
    private static final int THREADS = 16;
    private static final Pattern KEY = Pattern.compile("<Key>([^<]*)</Key>");

    /** What one thread does for one object. */
    @FunctionalInterface
    interface Each {
        void accept(RawS3 client, int index) throws IOException, GeneralSecurityException;
    }

    /** 32 hex digits; PostgreSQL's {@code md5(name || '-' || index)}. */
    String key(int index) throws GeneralSecurityException {
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        return HexFormat.of().formatHex(md5.digest((name + "-" + index).getBytes(StandardCharsets.US_ASCII)));
    }

    long totalBytes() {
        return (long) count * bytes;
    }

    /** Makes the bucket and puts all objects into it. */
    void fill(Endpoint endpoint, String bucket) throws Exception {
        createBucket(endpoint, bucket);
        each(endpoint, count, (client, index) -> {
            byte[] content = new byte[bytes];
            new Random(name.hashCode() * 31L + index).nextBytes(content);
            client.expect("PUT", "/" + bucket + "/" + key(index), "", content, 200);
        });
    }

    /** Removes all objects and the bucket. */
    void drop(Endpoint endpoint, String bucket) throws Exception {
        each(
                endpoint,
                count,
                (client, index) ->
                        client.expect("DELETE", "/" + bucket + "/" + key(index), "", new byte[0], 200, 204, 404));
        try (RawS3 client = new RawS3(endpoint)) {
            client.expect("DELETE", "/" + bucket, "", new byte[0], 200, 204);
        }
    }

    /** Fails unless the bucket holds exactly as many objects as there are. */
    void expectAll(Endpoint endpoint, String bucket) throws Exception {
        int there = 0;
        String after = "";
        try (RawS3 client = new RawS3(endpoint)) {
            for (boolean more = true; more; ) {
                String query = (after.isEmpty() ? "" : "marker=" + after + "&") + "max-keys=1000";
                client.expect("GET", "/" + bucket, query, new byte[0], 200);
                String page = new String(client.body(), 0, client.length(), StandardCharsets.UTF_8);
                Matcher keys = KEY.matcher(page);
                while (keys.find()) {
                    after = keys.group(1);
                    there++;
                }
                more = page.contains("<IsTruncated>true</IsTruncated>");
            }
        }
        if (there != count) {
            throw new IOException("bucket " + bucket + " holds " + there + " objects; " + count + " were to be copied");
        }
    }

    static void createBucket(Endpoint endpoint, String bucket) throws Exception {
        try (RawS3 client = new RawS3(endpoint)) {
            client.expect("PUT", "/" + bucket, "", new byte[0], 200);
        }
    }

    static void each(Endpoint endpoint, int count, Each action) throws Exception {
        AtomicInteger next = new AtomicInteger();
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> ends = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                ends.add(pool.submit(() -> {
                    try (RawS3 client = new RawS3(endpoint)) {
                        for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                            action.accept(client, i);
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }
}
