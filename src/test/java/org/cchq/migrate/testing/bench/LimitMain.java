package org.cchq.migrate.testing.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.cchq.migrate.base.Secret;

/**
 * The limit, as a process of its own: threads that copy one object after another with {@link RawS3}, nothing enumerated,
 * nothing recorded. Arguments: source URL and bucket, target URL and bucket, name, count and size of the objects, threads.
 * The accounts come in the environment.
 */
public final class LimitMain {
    private LimitMain() {}

    public static void main(String[] arguments) throws Exception {
        Endpoint source = new Endpoint(arguments[0], env("SOURCE_ACCESS_KEY"), new Secret(env("SOURCE_SECRET_KEY")));
        Endpoint target = new Endpoint(arguments[2], env("TARGET_ACCESS_KEY"), new Secret(env("TARGET_SECRET_KEY")));
        ObjectSet objects = new ObjectSet(arguments[4], Integer.parseInt(arguments[5]), Integer.parseInt(arguments[6]));
        int threads = Integer.parseInt(arguments[7]);
        AtomicInteger next = new AtomicInteger();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> ends = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                ends.add(pool.submit(() -> {
                    try (RawS3 from = new RawS3(source);
                            RawS3 to = new RawS3(target)) {
                        for (int i = next.getAndIncrement(); i < objects.count(); i = next.getAndIncrement()) {
                            from.copyTo(to, arguments[1], arguments[3], objects.key(i));
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private static String env(String name) {
        String value = System.getenv(name);
        if (value == null) {
            throw new IllegalStateException("no " + name + " in the environment");
        }
        return value;
    }
}
