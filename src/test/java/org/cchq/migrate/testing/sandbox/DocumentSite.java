package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.CouchServer;
import org.cchq.migrate.testing.Eventually;

/**
 * A small site that works with documents: makes, changes, soft-deletes and deletes users and groups, and other documents that
 * stay where they are. It knows what every document has to be. Like HQ's processes it is told at its start which database its
 * users are in, and is restarted to use another.
 */
final class DocumentSite implements AutoCloseable {
    static final String MAIN = "commcarehq";
    static final String USERS = "commcarehq__users";

    private static final List<String> MOVED = List.of("Group", "CommCareUser", "WebUser", "UserRole", "Invitation");
    private static final List<String> OTHERS = List.of("Application", "Repeater");
    private static final String DELETED = "-Deleted";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** What a document has to be: {@code version} counts its changes. */
    private record Known(String type, int version, boolean deleted, boolean attachment) {}

    private final CouchServer couch;
    private final int perSecond;
    private final Random random = new Random(902);
    private final Map<String, Known> known = new TreeMap<>();
    private final List<String> failures = new ArrayList<>();
    private volatile boolean working;
    private volatile String database = MAIN;
    private Optional<Thread> worker = Optional.empty();
    private int made;
    private int changes;

    DocumentSite(CouchServer couch, int perSecond) {
        this.couch = couch;
        this.perSecond = perSecond;
    }

    /** Design documents as HQ has them, and documents; some with attachments, some with conflicts, ids with slashes. */
    void seed(int documents) throws Exception {
        couch.put(
                MAIN,
                "_design/all_docs",
                Json.write(Map.of(
                        "language",
                        "javascript",
                        "views",
                        Map.of(
                                "by_doc_type",
                                Map.of(
                                        "map", "function (doc) { emit([doc.doc_type, doc._id], null); }",
                                        "reduce", "_count")))));
        couch.put(
                MAIN,
                "_design/users",
                Json.write(
                        Map.of(
                                "language",
                                "javascript",
                                "views",
                                Map.of(
                                        "by_username",
                                        Map.of(
                                                "map",
                                                "function (doc) { if (doc.doc_type === 'CommCareUser') { emit(doc.username, null); } }")))));
        couch.put(
                MAIN,
                "_design/doc_conflicts",
                Json.write(Map.of(
                        "language",
                        "javascript",
                        "views",
                        Map.of(
                                "conflicts",
                                Map.of(
                                        "map",
                                        "function (doc) { if (doc._conflicts) { emit([doc.domain, doc.doc_type], doc._conflicts.length); } }",
                                        "reduce",
                                        "_sum")))));
        for (int i = 0; i < documents; i++) {
            create();
        }
        for (int i = 0; i < Math.max(3, documents / 200); i++) {
            conflict("conflicted/" + i);
        }
    }

    /** Goes to work. */
    void start() {
        working = true;
        Thread thread = new Thread(this::work, "document site");
        thread.setDaemon(true);
        worker = Optional.of(thread);
        thread.start();
    }

    /** Finishes what it is doing. */
    void stop() throws InterruptedException {
        working = false;
        if (worker.isPresent()) {
            worker.get().join(PATIENCE.toMillis());
            worker = Optional.empty();
        }
    }

    /** A deploy: the old processes end, new ones begin with the users in this database. What was carried by then is there. */
    void restartWith(String users) throws Exception {
        stop();
        String sentinel = create(true);
        Eventually.holds(
                "changes carried to " + users,
                PATIENCE,
                () -> users.equals(database) || couch.get(users, sentinel).isPresent());
        database = users;
        start();
    }

    /** A process that is late: it makes a document in the main database, after the flip; its id. */
    synchronized String lateWrite() throws Exception {
        String id = "late/" + changes;
        known.put(id, new Known("Group", 1, false, false));
        couch.put(MAIN, id, Json.write(body("Group", 1)));
        return id;
    }

    String counts() {
        return known.size() + " documents, " + changes + " changes";
    }

    int changes() {
        return changes;
    }

    /** What went wrong in its requests. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    private void work() {
        long pause = Duration.ofSeconds(1).toNanos() / perSecond;
        while (working) {
            try {
                act();
            } catch (Exception e) {
                failures.add(String.valueOf(e));
            }
            LockSupport.parkNanos(pause);
        }
    }

    private synchronized void act() throws Exception {
        changes++;
        int dice = random.nextInt(100);
        if (dice < 40 || known.isEmpty()) {
            create();
            return;
        }
        List<String> ids = new ArrayList<>(known.keySet());
        String id = ids.get(random.nextInt(ids.size()));
        Known before = known.get(id);
        if (before == null || before.deleted() || id.startsWith("conflicted/") || id.startsWith("late/")) {
            return;
        }
        Map<String, Object> document = new LinkedHashMap<>(
                couch.get(place(before.type()), id).orElseThrow(() -> new IOException(id + " is not there")));
        if (dice < 85) {
            boolean soft = dice < 50 && MOVED.contains(before.type());
            Known after = new Known(
                    soft ? before.type() + DELETED : before.type(), before.version() + 1, false, before.attachment());
            document.putAll(body(after.type(), after.version()));
            couch.put(place(after.type()), id, Json.write(document));
            known.put(id, after);
        } else {
            couch.delete(place(before.type()), id, String.valueOf(document.get("_rev")));
            known.put(id, new Known(before.type(), before.version(), true, false));
        }
    }

    private void create() throws IOException, InterruptedException {
        create(random.nextInt(10) < 7);
    }

    private synchronized String create(boolean moves) throws IOException, InterruptedException {
        List<String> types = moves ? MOVED : OTHERS;
        String type = types.get(random.nextInt(types.size()));
        String id = (made % 9 == 0 ? "org/" : "") + "d" + String.format("%06d", made++);
        boolean attachment = random.nextInt(8) == 0;
        Map<String, Object> document = body(type, 1);
        if (attachment) {
            document.put(
                    "_attachments",
                    Map.of("greeting.txt", Map.of("content_type", "text/plain", "data", "aGVsbG8g4oKs")));
        }
        couch.put(place(type), id, Json.write(document));
        known.put(id, new Known(type, 1, false, attachment));
        return id;
    }

    /** Two revisions that were written on two sides of a broken line. */
    private void conflict(String id) throws Exception {
        List<Object> revisions = new ArrayList<>();
        for (int version = 1; version <= 2; version++) {
            Map<String, Object> document = body("Group", version);
            document.put("_id", id);
            document.put("_rev", "1-" + Integer.toString(version).repeat(32));
            revisions.add(document);
        }
        couch.post(MAIN, "_bulk_docs", Json.write(Map.of("new_edits", false, "docs", revisions)));
        known.put(id, new Known("Group", 2, false, false));
    }

    private static Map<String, Object> body(String type, int version) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("doc_type", type);
        body.put("domain", "demo");
        body.put("username", type + " " + version);
        body.put("version", version);
        return body;
    }

    private String place(String type) {
        return moves(type) ? database : MAIN;
    }

    private static boolean moves(String type) {
        return MOVED.contains(type.replace(DELETED, ""));
    }

    /** What is not as it has to be when the migration is over: every document where it belongs, and nowhere else. */
    List<String> findings() throws Exception {
        List<String> findings = new ArrayList<>(failures);
        for (Map.Entry<String, Known> one : known.entrySet()) {
            String id = one.getKey();
            Known must = one.getValue();
            String here = moves(must.type()) ? USERS : MAIN;
            String notHere = moves(must.type()) ? MAIN : USERS;
            Optional<Map<String, Object>> found = couch.get(here, id);
            if (must.deleted()) {
                found.ifPresent(document -> findings.add(id + " was deleted, and is in " + here));
            } else if (found.isEmpty()) {
                findings.add(id + " is not in " + here);
            } else {
                compare(id, must, found.get(), findings);
            }
            if (couch.get(notHere, id).isPresent()) {
                findings.add(id + " (" + must.type() + ") is in " + notHere);
            }
        }
        return findings;
    }

    private static void compare(String id, Known must, Map<String, Object> document, List<String> findings) {
        if (!must.type().equals(document.get("doc_type"))
                || !Integer.valueOf(must.version()).equals(document.get("version"))) {
            findings.add(id + " must be " + must.type() + " " + must.version() + ", and is " + document.get("doc_type")
                    + " " + document.get("version"));
        }
        boolean attachment = document.get("_attachments") instanceof Map<?, ?> files
                && files.get("greeting.txt") instanceof Map<?, ?> file
                && Integer.valueOf(9).equals(file.get("length"));
        if (must.attachment() != attachment) {
            findings.add(id + (must.attachment() ? " has lost its attachment" : " has an attachment"));
        }
    }

    @Override
    public void close() throws InterruptedException {
        stop();
    }
}
