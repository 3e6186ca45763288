package org.cchq.migrate.testing.doctypes;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A site that writes documents of the migrated types while they are moved: makes, changes, deletes, retypes softly and forks,
 * some each second. It reads what it changes from the database that it writes to, as HQ does.
 */
final class WritingSite implements AutoCloseable {
    private final int perSecond;
    private final Random random;
    private final List<String> known = new ArrayList<>();
    private final AtomicLong written = new AtomicLong();
    private final List<String> failures = new ArrayList<>();
    private volatile CouchRequests database;
    private volatile boolean stopped;
    private final Thread thread = new Thread(this::work, "site");

    WritingSite(CouchRequests database, int perSecond, long seed) {
        this.database = database;
        this.perSecond = perSecond;
        this.random = new Random(seed);
        thread.setDaemon(true);
    }

    /** Begins with some of the documents of the migrated types that are there. */
    void start() throws IOException, InterruptedException {
        for (String type : DocumentEstate.TYPES) {
            String range =
                    "&startkey=" + CouchRequests.path("[\"" + type + "\"]").substring(1) + "&endkey="
                            + CouchRequests.path("[\"" + type + "\",{}]").substring(1);
            Object rows = database.get("/_design/all_docs/_view/by_doc_type?reduce=false&limit=600" + range)
                    .get("rows");
            for (Object row : rows instanceof List<?> list ? list : List.of()) {
                known.add(String.valueOf(((Map<?, ?>) row).get("id")));
            }
        }
        thread.start();
    }

    /** What is done while the site waits. */
    interface Meanwhile {
        void run() throws IOException, InterruptedException;
    }

    /** Writes there from now on, and nothing at all while something is done first: a deploy, or the way back. */
    synchronized void flip(CouchRequests to, Meanwhile first) throws IOException, InterruptedException {
        first.run();
        database = to;
    }

    long written() {
        return written.get();
    }

    /** Requests that the site could not explain. */
    List<String> failures() {
        synchronized (failures) {
            return List.copyOf(failures);
        }
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        thread.join(TimeUnit.SECONDS.toMillis(30));
    }

    private void work() {
        long begun = System.nanoTime();
        for (long i = 0; !stopped; i++) {
            try {
                one(i);
                written.incrementAndGet();
                long due = begun + (i + 1) * 1_000_000_000L / perSecond;
                long left = due - System.nanoTime();
                if (left > 0) {
                    TimeUnit.NANOSECONDS.sleep(left);
                } else if (left < -2_000_000_000L) {
                    begun -= left;
                }
            } catch (IOException | RuntimeException e) {
                synchronized (failures) {
                    failures.add(String.valueOf(e.getMessage()));
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private synchronized void one(long number) throws IOException, InterruptedException {
        String id = known.isEmpty() ? "" : known.get(random.nextInt(known.size()));
        int what = random.nextInt(10);
        if (what < 2 || id.isEmpty()) {
            String made = String.format("site-%d-%08x", number, random.nextInt());
            database.put(CouchRequests.path(made), fields(made, DocumentEstate.TYPES.get((int) (number % 9))));
            known.add(made);
            return;
        }
        Map<String, Object> now = current(id);
        if (now.isEmpty()) {
            if (what == 2) {
                // Made anew after it was deleted.
                database.put(CouchRequests.path(id), fields(id, "WebUser"));
            }
            return;
        }
        String rev = String.valueOf(now.get("_rev"));
        switch (what) {
            case 3 -> database.delete(CouchRequests.path(id) + "?rev=" + rev);
            case 4 -> {
                now.put("doc_type", toggled(String.valueOf(now.get("doc_type"))));
                database.put(CouchRequests.path(id), now);
            }
            default -> {
                now.put("touched", number);
                database.put(CouchRequests.path(id), now);
            }
        }
    }

    private static String toggled(String type) {
        return type.endsWith("-Deleted") ? type.substring(0, type.length() - 8) : type + "-Deleted";
    }

    private Map<String, Object> current(String id) throws IOException, InterruptedException {
        try {
            Map<String, Object> fields = new LinkedHashMap<>();
            database.get(CouchRequests.path(id)).forEach((key, value) -> fields.put(String.valueOf(key), value));
            return fields;
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).contains(": 404 ")) {
                return Map.of();
            }
            throw e;
        }
    }

    private Map<String, Object> fields(String id, String type) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("_id", id);
        fields.put("doc_type", type);
        fields.put("domain", "domain-" + random.nextInt(40));
        return fields;
    }
}
