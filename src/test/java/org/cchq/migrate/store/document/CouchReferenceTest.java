package org.cchq.migrate.store.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.store.document.DocumentDatabase.Changes;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.store.document.DocumentDatabase.Info;
import org.cchq.migrate.store.document.DocumentDatabase.Leaves;
import org.cchq.migrate.store.document.DocumentDatabase.Sequence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests and answers of CouchDB 3 as its reference prints them, where pouchdb-server has others. */
class CouchReferenceTest {
    private PretendedCouch couch;
    private CouchDatabase database;

    @BeforeEach
    void start() throws Exception {
        couch = new PretendedCouch();
        database = couch.database();
    }

    @AfterEach
    void stop() {
        couch.close();
    }

    @Test
    void sequencesAreKeptAsTheyAreAndSentBackAsJson() throws Exception {
        couch.json(
                "GET",
                "/hq/_changes",
                "{\"results\":[{\"seq\":\"5-g1AA+/=\",\"id\":\"a\",\"changes\":[{\"rev\":\"2-b\"},{\"rev\":\"2-a\"}]},"
                        + "{\"seq\":null,\"id\":\"b\",\"changes\":[{\"rev\":\"1-a\"}],\"deleted\":true}],"
                        + "\"last_seq\":\"6-g1BB\",\"pending\":17}");

        Changes page = database.changes(new Sequence("\"4-g1&x\""), 100, 0);

        assertThat(couch.requests()).containsExactly("GET /hq/_changes?style=all_docs&since=%224-g1%26x%22&limit=100");
        assertThat(page.rows().get(0).sequence()).isEqualTo(new Sequence("\"5-g1AA+/=\""));
        assertThat(page.rows().get(0).revs()).containsExactly("2-b", "2-a");
        assertThat(page.rows().get(1).sequence()).isEqualTo(new Sequence("null"));
        assertThat(page.rows().get(1).deleted()).isTrue();
        assertThat(page.last().text()).isEqualTo("6-g1BB");
        assertThat(page.pending()).contains(17L);
    }

    @Test
    void whoWaitsIsAnsweredWhenTheServersTimeIsOver() throws Exception {
        couch.json("GET", "/hq/_changes", "{\"results\":[],\"last_seq\":\"6-x\",\"pending\":0}");

        Changes page = database.changes(Sequence.ZERO, 10, 50);

        assertThat(page.rows()).isEmpty();
        assertThat(page.last().text()).isEqualTo("6-x");
        assertThat(couch.requests().get(0)).contains("feed=longpoll").contains("timeout=50");
    }

    @Test
    void identityIsThatOfServerAndDatabase() throws Exception {
        couch.json(
                "GET",
                "/hq/",
                "{\"db_name\":\"hq\",\"update_seq\":\"292786-g1AA\",\"doc_count\":7,\"doc_del_count\":2,"
                        + "\"instance_start_time\":\"1692345678\"}");

        Info info = database.info();

        assertThat(info.identity().uuid()).contains("85fb71bf700c17267fef77535820e371");
        assertThat(info.identity().instance()).isEqualTo("1692345678");
        assertThat(info.identity().server()).isEqualTo("http://" + couch.address() + "/");
        assertThat(info.updateSequence()).isEqualTo(new Sequence("\"292786-g1AA\""));
        assertThat(info.deleted()).isEqualTo(2);
    }

    @Test
    void allLeavesComeWithOneRequest() throws Exception {
        couch.json(
                "POST",
                "/hq/_bulk_get",
                "{\"results\":[{\"id\":\"b\",\"docs\":[{\"error\":{\"id\":\"b\",\"rev\":\"undefined\",\"error\":\"not_found\","
                        + "\"reason\":\"missing\"}}]},{\"id\":\"a\",\"docs\":[{\"ok\":{\"_id\":\"a\",\"_rev\":\"9-a\",\"_deleted\":true}},"
                        + "{\"ok\":{\"_id\":\"a\",\"_rev\":\"2-a\"}},{\"ok\":{\"_id\":\"a\",\"_rev\":\"10-a\"}},"
                        + "{\"ok\":{\"_id\":\"a\",\"_rev\":\"10-b\"}}]}]}");

        List<Leaves> leaves = database.leaves(List.of("a", "b"));

        assertThat(leaves.get(0).leaves()).extracting(Document::rev).containsExactly("10-b", "10-a", "2-a", "9-a");
        assertThat(leaves.get(1).leaves()).isEmpty();
        assertThat(couch.requests()).contains("POST /hq/_bulk_get?revs=true");
        assertThat(couch.bodies()).contains("{\"docs\":[{\"id\":\"a\"},{\"id\":\"b\"}]}");
    }

    @Test
    void aLeafThatCannotBeReadIsNoMissingDocument() {
        couch.json(
                "POST",
                "/hq/_bulk_get",
                "{\"results\":[{\"id\":\"a\",\"docs\":[{\"error\":{\"id\":\"a\",\"rev\":\"1-a\",\"error\":\"timeout\","
                        + "\"reason\":\"shard\"}}]}]}");

        assertThatThrownBy(() -> database.leaves(List.of("a")))
                .asInstanceOf(type(EndpointException.class))
                .returns(true, EndpointException::retryable);
    }

    @Test
    void anIdWithoutAnAnswerIsNoMissingDocument() {
        couch.json("POST", "/hq/_bulk_get", "{\"results\":[]}");

        assertThatThrownBy(() -> database.leaves(List.of("a"))).isInstanceOf(EndpointException.class);
    }

    @Test
    void numbersAndRepeatedKeysOfOldDocumentsPassThrough() throws Exception {
        couch.json(
                "GET",
                "/hq/x",
                "{\"_id\":\"x\",\"_rev\":\"1-a\",\"k\":1,\"k\":2,\"big\":123456789012345678901234567890,\"f\":0.1,"
                        + "\"one\":1.0,\"half\":\"\\ud800\"}");
        couch.json("POST", "/hq/_bulk_docs", "[]");

        Map<String, Object> read = new LinkedHashMap<>(database.get("x").orElseThrow());
        database.store(List.of(new Document(read)));

        assertThat(read).containsEntry("k", 2).containsEntry("big", new BigInteger("123456789012345678901234567890"));
        assertThat(couch.bodies().get(couch.bodies().size() - 1))
                .contains("\"big\":123456789012345678901234567890,\"f\":0.1,\"one\":1.0,\"half\":\"\\uD800\"");
    }

    @Test
    void aRowThatIsAnErrorFailsTheView() {
        couch.json(
                "GET",
                "/hq/_design/d/_view/v",
                "{\"rows\":[{\"error\":\"timeout\",\"reason\":\"The request could not be processed\"}]}");

        assertThatThrownBy(() -> database.view("d", "v", Map.of()))
                .asInstanceOf(type(EndpointException.class))
                .returns(Kind.SERVER_ERROR, EndpointException::kind);
    }

    /** CouchDB 2 and 3 write a local document over any other, whatever its {@code _rev}. */
    @Test
    void aLocalDocumentThatSomebodyElseWroteIsNotWrittenOver() throws Exception {
        couch.json("GET", "/hq/_local/state", "{\"_id\":\"_local/state\",\"_rev\":\"0-3\"}");
        couch.json("PUT", "/hq/_local/state", "{\"ok\":true,\"id\":\"_local/state\",\"rev\":\"0-4\"}");

        assertThat(database.putLocal("state", Map.of("_rev", "0-2"))).isFalse();
        assertThat(database.putLocal("state", Map.of())).isFalse();
        assertThat(database.putLocal("state", Map.of("_rev", "0-3"))).isTrue();
        assertThat(couch.requests())
                .filteredOn(request -> request.startsWith("PUT"))
                .hasSize(1);
    }

    @Test
    void purgesInPortionsThatTheServerTakes() throws Exception {
        couch.json("POST", "/hq/_purge", "{\"purge_seq\":null,\"purged\":{}}");
        Map<String, List<String>> revs = new LinkedHashMap<>();
        IntStream.range(0, 250).forEach(number -> revs.put("d" + number, List.of("1-a")));

        assertThat(database.purge(revs)).isTrue();
        assertThat(couch.requests())
                .filteredOn(request -> request.contains("_purge"))
                .hasSize(3);
    }

    @Test
    void aClusterOfCouchDb22CannotPurge() throws Exception {
        couch.status("POST", "/hq/_purge", 501, "application/json", "{\"error\":\"not_implemented\",\"reason\":\"x\"}");

        assertThat(database.purge(Map.of("a", List.of("1-a")))).isFalse();
    }

    @Test
    void replicationsAreToldWithoutTheAccountsInTheirAddresses() throws Exception {
        couch.json(
                "GET",
                "/_active_tasks",
                "[{\"type\":\"indexer\"},{\"type\":\"replication\",\"replication_id\":\"r1+continuous\",\"doc_id\":\"up\","
                        + "\"source\":\"http://bob:pa55@10.0.0.1:5984/hq/\",\"target\":\"http://10.0.0.2:5984/other/\"}]");
        couch.json(
                "GET",
                "/_scheduler/jobs",
                "{\"jobs\":[{\"id\":\"r2\",\"source\":\"http://h/elsewhere/\",\"target\":\"http://h/nowhere/\"},"
                        + "{\"id\":\"r3\",\"source\":\"http://h/elsewhere/\",\"target\":\"http://h/hq/\"}]}");

        assertThat(database.replications())
                .containsExactly(
                        "replication r1+continuous reads from hq: http://10.0.0.1:5984/hq/ -> http://10.0.0.2:5984/other/,"
                                + " running, document 'up'",
                        "replication r3 writes to hq: http://h/elsewhere/ -> http://h/hq/, scheduled");
    }

    @Test
    void bookmarksOfTheServerAreSentBack() throws Exception {
        couch.json("POST", "/hq/_find", "{\"docs\":[{\"_id\":\"a\"}],\"bookmark\":\"g1AA\"}");

        String bookmark = database.find(Map.of("t", "x"), List.of("_id"), 1, "")
                .orElseThrow()
                .bookmark();
        database.find(Map.of("t", "x"), List.of("_id"), 1, bookmark);

        assertThat(couch.bodies().get(1)).contains("\"bookmark\":\"g1AA\"").doesNotContain("skip");
    }

    @Test
    void copiesADesignOverAnOlderOne() throws Exception {
        couch.json("GET", "/hq/_design/new", "{\"_id\":\"_design/new\",\"_rev\":\"3-c\"}");
        String[] destination = new String[1];
        couch.on("COPY", "/hq/_design/old", exchange -> {
            destination[0] = exchange.getRequestHeaders().getFirst("Destination");
            PretendedCouch.respond(exchange, 201, "application/json", "{\"ok\":true}");
        });

        database.copyDesign("old", "new");

        assertThat(destination[0]).isEqualTo("_design/new?rev=3-c");
    }

    @Test
    void theAccountIsInNoAddressAndNoMessage() throws Exception {
        couch.status(
                "GET",
                "/hq/x",
                401,
                "application/json",
                "{\"error\":\"unauthorized\",\"reason\":\"Name or password\"}");

        assertThatThrownBy(() -> database.get("x"))
                .hasMessageContaining("COUCH_PASSWORD")
                .hasMessageNotContaining(PretendedCouch.PASSWORD);
        assertThat(couch.requests()).noneMatch(request -> request.contains(PretendedCouch.PASSWORD));
        assertThat(database.get("y")).isEqualTo(Optional.empty());
    }
}
