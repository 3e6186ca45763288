package org.cchq.migrate.kind.doctypes;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.cchq.migrate.engine.RetryPolicy;
import org.cchq.migrate.engine.RunControl;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.store.document.CouchDatabase;
import org.cchq.migrate.store.document.DocumentDatabase;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.store.document.DocumentDatabase.Leaves;
import org.cchq.migrate.store.document.DocumentDatabase.Sequence;
import org.cchq.migrate.testing.CouchServer;
import org.jspecify.annotations.Nullable;

/** Two databases of a real server, a migrator between them, and what its runs have told. */
final class MovingDocuments implements DoctypeOutput {
    static final Migrator MIGRATOR =
            new Migrator("moving", "", "users", List.of("Group", "CommCareUser", "MessageLog"));

    private static final String MAP = "function (doc) { if (doc.doc_type === \"MessageLog\") { return; }"
            + " emit([doc.doc_type, doc._id], null); }";
    private static final RetryPolicy QUICK =
            new RetryPolicy(3, Duration.ofMillis(10), Duration.ofMillis(50), Duration.ofSeconds(20));

    final CouchServer server;
    final String name = "moving_" + UUID.randomUUID().toString().substring(0, 8);
    final CouchDatabase source;
    final CouchDatabase target;
    final Path state;
    final RunControl control = new RunControl(4);
    final List<String> told = Collections.synchronizedList(new ArrayList<>());
    final List<DocumentFinding> findings = Collections.synchronizedList(new ArrayList<>());
    CopyPolicy policy = new CopyPolicy(
            CopyPolicy.Conflicts.ALL, CopyPolicy.Retyped.DELETE, 20, 100_000, 1 << 20, QUICK, Duration.ofMillis(300));

    MovingDocuments(CouchServer server, Path state) throws Exception {
        this.server = server;
        this.state = state;
        server.createDatabase(name);
        source = new CouchDatabase(server.spec(name));
        target = new CouchDatabase(server.spec(name + "__users"));
    }

    void withView() throws Exception {
        server.put(
                name,
                "_design/all_docs",
                Json.write(Map.of("views", Map.of("by_doc_type", Map.of("map", MAP, "reduce", "_count")))));
    }

    DoctypeRun run() {
        return run(source, target);
    }

    DoctypeRun run(DocumentDatabase from, DocumentDatabase to) {
        return new DoctypeRun(new DoctypeEnds(MIGRATOR, from, to), state, policy, control, this);
    }

    DoctypeResult initial() throws Exception {
        return new InitialRun(run()).run();
    }

    DoctypeResult topOff() throws Exception {
        return new ContinuousRun(run(), Direction.FORWARD).runOnce();
    }

    DoctypeVerification.Result verify() throws Exception {
        return new DoctypeVerification(run(), Duration.ZERO).run();
    }

    /** An ordinary edit; the new revision. */
    String put(String id, Map<String, ?> fields) throws Exception {
        Map<String, @Nullable Object> next = new LinkedHashMap<>(fields);
        source.get(id).ifPresent(now -> next.put("_rev", now.get("_rev")));
        next.put("_id", id);
        assertNone(source.edit(List.of(new Document(next))));
        return String.valueOf(source.get(id).orElseThrow().get("_rev"));
    }

    void delete(String id) throws Exception {
        String rev = String.valueOf(source.get(id).orElseThrow().get("_rev"));
        assertNone(source.edit(List.of(Revisions.tombstone(id, rev))));
    }

    /** A revision without a history, as HQ stores it. */
    void storeBare(DocumentDatabase database, String id) throws Exception {
        Map<String, @Nullable Object> fields =
                new LinkedHashMap<>(source.get(id).orElseThrow());
        assertNone(database.store(List.of(new Document(fields))));
    }

    List<String> liveLeaves(DocumentDatabase database, String id) throws Exception {
        return leaves(database, id).leaves().stream()
                .filter(leaf -> !leaf.deleted())
                .map(Document::rev)
                .toList();
    }

    Leaves leaves(DocumentDatabase database, String id) throws Exception {
        return database.leaves(List.of(id)).get(0);
    }

    /** The server's own replication of the whole source. */
    CouchDatabase replicated() throws Exception {
        String root = server.spec(name).endpoint().replaceFirst("^couchdb ", "").replaceFirst("/[^/]*$", "/");
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(root + "_replicate"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(Json.write(Map.of(
                                        "source",
                                        root + name,
                                        "target",
                                        root + name + "_copy",
                                        "create_target",
                                        true))))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new AssertionError("_replicate: " + response.statusCode() + " " + response.body());
        }
        return new CouchDatabase(server.spec(name + "_copy"));
    }

    private static void assertNone(List<DocumentDatabase.Failure> failures) {
        if (!failures.isEmpty()) {
            throw new AssertionError(failures.toString());
        }
    }

    @Override
    public void initialBegins(Sequence originalSeq) {
        told.add("begins");
    }

    @Override
    public void initialComplete(Sequence originalSeq) {
        told.add("complete");
    }

    @Override
    public void saved(long changesRead, Sequence seq) {
        told.add("Read " + changesRead + " changes, saved seq " + seq.text());
    }

    @Override
    public void caughtUp() {
        told.add("All caught up!");
    }

    @Override
    public void notice(String text) {
        told.add(text);
    }

    @Override
    public void finding(DocumentFinding finding) {
        findings.add(finding);
    }
}
