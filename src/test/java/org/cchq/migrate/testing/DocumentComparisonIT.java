package org.cchq.migrate.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.cchq.migrate.store.document.CouchSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the judge of two databases sees. Each difference is made on purpose: a judge that misses one proves nothing. */
class DocumentComparisonIT {
    private static final List<String> TYPES = List.of("Group", "WebUser");

    private final String source = "judge" + System.nanoTime();
    private final String target = source + "__target";
    private CouchServer server;

    @BeforeEach
    void start() throws Exception {
        server = CouchServer.start();
        server.createDatabase(source);
        server.createDatabase(target);
        String rev = server.put(source, "a/b c", "{\"doc_type\":\"Group\",\"n\":1}");
        server.put(source, "a/b c", "{\"doc_type\":\"Group\",\"n\":2,\"_rev\":\"" + rev + "\"}");
        server.put(
                source,
                "w",
                "{\"doc_type\":\"WebUser-Deleted\",\"_attachments\":{\"hi.txt\":{\"content_type\":\"text/plain\","
                        + "\"data\":\"aGk=\"}}}");
        server.put(source, "other", "{\"doc_type\":\"XFormInstance\"}");
        send("POST", "/_replicate", "{\"source\":\"" + address(source) + "\",\"target\":\"" + address(target) + "\"}");
    }

    @AfterEach
    void stop() throws Exception {
        if (server != null) {
            send("DELETE", "/" + source, "");
            send("DELETE", "/" + target, "");
            server.close();
        }
    }

    @Test
    void aReplicationLeavesNoDifference() throws Exception {
        DocumentComparison.Result result = compare("--bytes");

        assertThat(result.output()).isEqualTo("2 documents compared: the same\n");
        assertThat(result.exit()).isZero();
    }

    @Test
    void seesWhatIsMissingExtraStaleAheadDivergedAndRetyped() throws Exception {
        server.put(source, "missing", "{\"doc_type\":\"Group\"}");
        server.put(target, "extra", "{\"doc_type\":\"Group\"}");
        bring(target, "ahead", "1-a", "1-a", "Group");
        bring(target, "ahead", "2-b", "2-b,a", "Group");
        bring(source, "ahead", "1-a", "1-a", "Group");
        bring(source, "stale", "2-b", "2-b,a", "Group");
        bring(target, "stale", "1-a", "1-a", "Group");
        bring(source, "diverged", "1-a", "1-a", "Group");
        bring(target, "diverged", "1-b", "1-b", "Group");
        bring(source, "retyped", "2-b", "2-b,a", "Domain");
        bring(target, "retyped", "1-a", "1-a", "Group");

        DocumentComparison.Result result = compare();

        assertThat(result.exit()).isEqualTo(5);
        assertThat(result.output())
                .contains("missing: 1\n  missing:", "extra: 1\n  extra:", "ahead: 1\n  ahead:", "stale: 1\n  stale:")
                .contains("diverged: 1\n  diverged:", "retyped: 1\n  retyped:");
    }

    @Test
    void seesConflictsHistoriesBodiesAndTheDead() throws Exception {
        bring(source, "conflicted", "2-b", "2-b,a", "Group");
        bring(source, "conflicted", "2-a", "2-a,a", "Group");
        bring(target, "conflicted", "2-b", "2-b,a", "Group");
        bring(source, "history", "3-c", "3-c,b,a", "Group");
        bring(target, "history", "3-c", "3-c", "Group");
        bring(source, "body", "1-a", "1-a", "Group");
        bring(target, "body", "1-a", "1-a", "WebUser");
        String rev = server.put(source, "revived", "{\"doc_type\":\"Group\"}");
        server.delete(source, "revived", rev);
        server.put(target, "revived", "{\"doc_type\":\"Group\"}");

        DocumentComparison.Result all = compare();

        assertThat(all.output())
                .contains("conflicted: 1\n  conflicted:", "history: 1\n  history: 3-c has 3 revisions, in the target 1")
                .contains("body: 1\n  body: 1-a", "revived: 1\n  revived:");
        assertThat(compare("--conflicts", "winner").output()).doesNotContain("conflicted");
    }

    @Test
    void seesOtherAttachments() throws Exception {
        for (String[] made : new String[][] {{source, "aGk="}, {target, "aG8="}}) {
            send(
                    "POST",
                    "/" + made[0] + "/_bulk_docs",
                    "{\"new_edits\":false,\"docs\":[{\"_id\":\"att\",\"_rev\":\"1-a\",\"doc_type\":\"Group\",\"_attachments\":"
                            + "{\"x\":{\"content_type\":\"text/plain\",\"revpos\":1,\"data\":\"" + made[1] + "\"}}}]}");
        }

        assertThat(compare().output()).contains("attachment: 1\n  att: x of 1-a: other bytes");
    }

    @Test
    void aServerThatDoesNotAnswerIsNoDifference() throws Exception {
        CouchSpec none = server.spec("nonesuch");

        assertThat(DocumentComparison.of(none, server.spec(target), TYPES).exit())
                .isEqualTo(3);
    }

    private DocumentComparison.Result compare(String... more) throws Exception {
        return DocumentComparison.of(server.spec(source), server.spec(target), TYPES, more);
    }

    /** @param history {@code 2-b,a}: generation, then hashes, newest first */
    private void bring(String database, String id, String rev, String history, String type) throws Exception {
        String[] parts = history.split("-", 2);
        String ids = "\"" + parts[1].replace(",", "\",\"") + "\"";
        send(
                "POST",
                "/" + database + "/_bulk_docs",
                "{\"new_edits\":false,\"docs\":[{\"_id\":\"" + id + "\",\"_rev\":\"" + rev + "\",\"doc_type\":\"" + type
                        + "\",\"_revisions\":{\"start\":" + parts[0] + ",\"ids\":[" + ids + "]}}]}");
    }

    private String address(String database) {
        CouchSpec spec = server.spec(database);
        String account =
                spec.user().isEmpty() ? "" : spec.user() + ":" + spec.password().reveal() + "@";
        return "http://" + account + spec.serverRoot() + "/" + database;
    }

    private void send(String method, String path, String body) throws Exception {
        CouchSpec spec = server.spec("x");
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + spec.serverRoot() + path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!spec.user().isEmpty()) {
            String pair = spec.user() + ":" + spec.password().reveal();
            request.header(
                    "Authorization",
                    "Basic "
                            + java.util.Base64.getEncoder()
                                    .encodeToString(pair.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        }
        HttpResponse<String> answer =
                HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode())
                .as(method + " " + path + ": " + answer.body())
                .isLessThan(300);
    }
}
