package org.cchq.migrate.store.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.store.document.DocumentDatabase.Change;
import org.cchq.migrate.store.document.DocumentDatabase.Changes;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.store.document.DocumentDatabase.Failure;
import org.cchq.migrate.store.document.DocumentDatabase.FindPage;
import org.cchq.migrate.store.document.DocumentDatabase.Info;
import org.cchq.migrate.store.document.DocumentDatabase.Leaves;
import org.cchq.migrate.store.document.DocumentDatabase.Sequence;
import org.cchq.migrate.store.document.DocumentDatabase.Standing;
import org.cchq.migrate.store.document.DocumentDatabase.ViewPage;
import org.cchq.migrate.testing.CouchServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every document database promises, against a real server: pouchdb-server, or the CouchDB at {@code COUCHDB_URL}.
 * What pouchdb-server cannot answer is skipped there and named by {@link #onCouchDbOnly}.
 */
class DocumentDatabaseIT {
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static CouchServer server;
    private static boolean couchDb;

    private CouchDatabase database;
    private CouchDatabase other;

    @BeforeAll
    static void start() throws Exception {
        server = CouchServer.start();
        couchDb = server.pid() == 0;
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @BeforeEach
    void makeDatabases() throws Exception {
        String name = "it_contract_" + ProcessHandle.current().pid() + "_" + NAMES.incrementAndGet();
        database = new CouchDatabase(server.spec(name));
        other = new CouchDatabase(server.spec(name + "_other"));
        database.create();
        other.create();
    }

    @AfterEach
    void dropDatabases() throws Exception {
        database.drop();
        other.drop();
    }

    @Test
    void aDatabaseIsMadeOnceAndDropped() throws Exception {
        CouchDatabase made = new CouchDatabase(server.spec(database.spec().database() + "_made"));
        assertThat(made.exists()).isFalse();

        made.create();
        made.create();
        assertThat(made.exists()).isTrue();

        made.drop();
        made.drop();
        assertThat(made.exists()).isFalse();
    }

    @Test
    void infoCountsAndIdentifies() throws Exception {
        database.store(List.of(doc("a", "1-a"), doc("b", "1-b"), tombstone("c", "2-c", "b")));

        Info info = database.info();

        assertThat(info.documents()).isEqualTo(2);
        assertThat(info.identity().database()).isEqualTo(database.spec().database());
        assertThat(info.identity().uuid()).isPresent();
        assertThat(info.identity()).isEqualTo(database.info().identity());
        assertThat(database.changes(info.updateSequence(), 10, 0).rows()).isEmpty();
    }

    @Test
    void aDatabaseThatIsNotThereIsUnusableWhateverIsAsked() {
        CouchDatabase nowhere = new CouchDatabase(server.spec("it_nowhere"));

        for (Call call : List.<Call>of(
                () -> nowhere.info(),
                () -> nowhere.get("x"),
                () -> nowhere.standings(List.of("x")),
                () -> nowhere.changes(Sequence.ZERO, 1, 0),
                () -> nowhere.leaves(List.of("x")),
                () -> nowhere.missing(Map.of("x", List.of("1-a"))),
                () -> nowhere.store(List.of(doc("x", "1-a"))),
                () -> nowhere.local("x"),
                () -> nowhere.view("d", "v", Map.of()))) {
            assertThatThrownBy(() -> call.run())
                    .asInstanceOf(type(EndpointException.class))
                    .returns(Kind.UNUSABLE, EndpointException::kind)
                    .returns(false, EndpointException::retryable);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "with/slash",
                "a b+c%2F&d?e#f",
                "\u00e9\u20ac\ud83d\ude00",
                "..",
                "user@x:y,z",
                "_design/a name",
                "quote\"back\\slash"
            })
    void everyIdCanBeAskedForEverywhere(String id) throws Exception {
        database.store(List.of(doc(id, "1-a")));

        assertThat(database.get(id).orElseThrow()).containsEntry("_id", id);
        assertThat(database.standings(List.of(id)).get(0)).isEqualTo(new Standing(id, Optional.of("1-a"), false));
        assertThat(database.leaves(List.of(id)).get(0).winner().orElseThrow().id())
                .isEqualTo(id);
        assertThat(database.whole(id, "1-a").orElseThrow().id()).isEqualTo(id);
        assertThat(other.storeFrom(database, id, "1-a")).isEmpty();
        assertThat(other.get(id)).isEqualTo(database.get(id));
    }

    @Test
    void thereAreNoDocumentsOfReservedNames() throws Exception {
        assertThat(database.get("_all_docs")).isEmpty();
        assertThat(database.get("")).isEmpty();
    }

    @Test
    void standingsComeInTheOrderAskedForAndTellDeletedFromUnknown() throws Exception {
        database.store(List.of(doc("live", "1-a"), tombstone("dead", "2-b", "a")));

        assertThat(database.standings(List.of("unknown", "live", "dead", "live")))
                .containsExactly(
                        new Standing("unknown", Optional.empty(), false),
                        new Standing("live", Optional.of("1-a"), false),
                        new Standing("dead", Optional.of("2-b"), true),
                        new Standing("live", Optional.of("1-a"), false));
        assertThat(database.standings(List.of())).isEmpty();
    }

    @Test
    void rangesAreInclusiveAndInTheOrderOfBytes() throws Exception {
        database.store(List.of(doc("a", "1-a"), doc("B", "1-a"), doc("b", "1-a"), doc("c/1", "1-a"), doc("d", "1-a")));

        assertThat(ids(database.standings("", "", 10))).containsExactly("B", "a", "b", "c/1", "d");
        assertThat(ids(database.standings("a", "c/1", 10))).containsExactly("a", "b", "c/1");
        assertThat(ids(database.standings("a", "", 2))).containsExactly("a", "b");
        assertThat(ids(database.standings("b\u0000", "", 2))).containsExactly("c/1", "d");
    }

    @Test
    void leavesComeWinnerFirstWithHistoryAndTombstones() throws Exception {
        database.store(List.of(
                doc("x", "3-c", "b", "a"),
                doc("x", "3-d", "z", "a"),
                doc("x", "2-y", "a"),
                tombstone("x", "5-q", "q4", "q3", "z", "a"),
                tombstone("gone", "2-b", "a")));

        List<Leaves> leaves = database.leaves(List.of("gone", "unknown", "x"));

        assertThat(leaves).extracting(Leaves::id).containsExactly("gone", "unknown", "x");
        assertThat(leaves.get(0).winner().orElseThrow().deleted()).isTrue();
        assertThat(leaves.get(1).leaves()).isEmpty();
        assertThat(leaves.get(2).leaves()).extracting(Document::rev).containsExactly("3-d", "3-c", "2-y", "5-q");
        assertThat(leaves.get(2).leaves().get(0).fields())
                .containsEntry("_revisions", Map.of("start", 3, "ids", List.of("d", "z", "a")));
    }

    @Test
    void leavesThatComeLaterAreSeen() throws Exception {
        database.store(List.of(doc("x", "2-b", "a"), doc("y", "1-a")));
        assertThat(database.leaves(List.of("x", "y")).get(0).leaves())
                .extracting(Document::rev)
                .containsExactly("2-b");

        database.store(List.of(tombstone("x", "3-q", "z", "a"), tombstone("y", "2-b", "a")));

        assertThat(database.leaves(List.of("x")).get(0).leaves())
                .extracting(Document::rev)
                .containsExactly("2-b", "3-q");
        assertThat(database.leaves(List.of("y")).get(0).leaves())
                .extracting(Document::rev)
                .containsExactly("2-b");
    }

    @Test
    void attachmentsAreStubsInLeavesAndInlineInTheWhole() throws Exception {
        database.store(List.of(withAttachment("x", "1-a", "hi")));

        Document leaf = database.leaves(List.of("x")).get(0).winner().orElseThrow();
        Document whole = database.whole("x", "1-a").orElseThrow();

        assertThat(attachment(leaf)).containsEntry("stub", true).containsEntry("length", 2);
        assertThat(attachment(whole)).containsEntry("data", "aGk=").containsEntry("content_type", "text/plain");
        assertThat(database.whole("x", "9-a")).isEmpty();
        assertThat(database.whole("unknown", "1-a")).isEmpty();
    }

    @Test
    void severalWholesComeInTheOrderAskedFor() throws Exception {
        database.store(List.of(
                withAttachment("x", "1-a", "hi"),
                withAttachment("x", "2-c", "ho", "b"),
                withAttachment("y/1", "1-a", "you")));

        List<Optional<Document>> whole = database.whole(
                List.of(doc("y/1", "1-a"), doc("x", "2-c"), doc("x", "9-z"), doc("never", "1-a"), doc("x", "1-a")));

        assertThat(whole)
                .extracting(found -> found.map(
                                document -> String.valueOf(attachment(document).get("data")))
                        .orElse("none"))
                .containsExactly(base64("you"), base64("ho"), "none", "none", base64("hi"));
        assertThat(whole.get(1).orElseThrow().fields()).containsKey("_revisions");
        assertThat(database.whole(List.of())).isEmpty();
    }

    @Test
    void onlyWhatIsNotThereIsMissing() throws Exception {
        database.store(List.of(doc("x", "3-c", "b", "a"), doc("y", "1-a")));

        Map<String, DocumentDatabase.Missing> missing =
                database.missing(Map.of("x", List.of("3-c", "5-e"), "y", List.of("1-a"), "z", List.of("1-q")));

        assertThat(missing).containsOnlyKeys("x", "z");
        assertThat(missing.get("x").missing()).containsExactly("5-e");
        assertThat(missing.get("z").missing()).containsExactly("1-q");
        assertThat(database.missing(Map.of())).isEmpty();
    }

    @Test
    void anAncestorOfALeafIsNotMissing() throws Exception {
        onCouchDbOnly("ancestors without a body in _revs_diff");
        database.store(List.of(doc("x", "3-c", "b", "a")));

        assertThat(database.missing(Map.of("x", List.of("2-b")))).isEmpty();
    }

    @Test
    void missingRevisionsComeWithTheirPossibleAncestors() throws Exception {
        onCouchDbOnly("possible_ancestors");
        database.store(List.of(doc("x", "3-c", "b", "a")));

        assertThat(database.missing(Map.of("x", List.of("5-e"))).get("x").ancestors())
                .containsExactly("3-c");
    }

    @Test
    void storesRevisionsAsTheyAreAndIgnoresWhatItHas() throws Exception {
        assertThat(database.store(List.of(doc("x", "4-d", "c", "b", "a")))).isEmpty();
        assertThat(database.store(List.of(doc("x", "4-d", "c", "b", "a")))).isEmpty();

        Document winner = database.leaves(List.of("x")).get(0).winner().orElseThrow();
        assertThat(winner.rev()).isEqualTo("4-d");
        assertThat(winner.fields()).containsEntry("_revisions", Map.of("start", 4, "ids", List.of("d", "c", "b", "a")));
        assertThat(database.store(List.of())).isEmpty();
    }

    @Test
    void whatAValidationRefusesIsAFailureAndTheRestIsStored() throws Exception {
        Map<String, @Nullable Object> design = new LinkedHashMap<>();
        design.put("_id", "_design/guard");
        design.put("validate_doc_update", "function(d) { if (d.bad) { throw({forbidden: 'no bad ones'}); } }");
        database.edit(List.of(new Document(design)));
        Document bad = doc("bad", "1-a");
        bad.fields().put("bad", true);

        List<Failure> failures = database.store(List.of(doc("good", "1-a"), bad));

        assertThat(failures).singleElement().returns("bad", Failure::id).returns("forbidden", Failure::error);
        assertThat(failures.get(0).reason()).contains("no bad ones");
        assertThat(database.get("good")).isPresent();
    }

    @Test
    void aStubOfAnAttachmentThatIsNotThereIsAFailure() throws Exception {
        Document stub = doc("x", "2-b", "a");
        stub.fields()
                .put(
                        "_attachments",
                        Map.of(
                                "note.txt",
                                Map.of(
                                        "stub",
                                        true,
                                        "revpos",
                                        1,
                                        "length",
                                        2,
                                        "content_type",
                                        "text/plain",
                                        "digest",
                                        "md5-SfaKXIST7CwL9ImCHCH8Ow==")));

        assertThat(database.store(List.of(stub))).singleElement().returns("x", Failure::id);
        assertThat(database.get("x")).isEmpty();
    }

    @Test
    void editsAnswerConflicts() throws Exception {
        database.store(List.of(doc("x", "1-a"), doc("y", "1-a")));
        Document edited = doc("x", "1-a");
        edited.fields().remove("_revisions");
        Document stale = doc("y", "1-b");
        stale.fields().remove("_revisions");

        List<Failure> failures = database.edit(List.of(edited, stale));

        assertThat(failures).singleElement().returns("y", Failure::id).returns("conflict", Failure::error);
        assertThat(database.standings(List.of("x")).get(0).rev().orElseThrow()).startsWith("2-");
    }

    @Test
    void deletingAndConflictsShowInTheFeed() throws Exception {
        database.store(
                List.of(doc("x", "2-b", "a"), doc("x", "2-c", "a"), tombstone("y", "2-b", "a"), doc("z", "1-a")));

        Changes all = database.changes(Sequence.ZERO, 100, 0);

        assertThat(all.rows()).extracting(Change::id).containsExactlyInAnyOrder("x", "y", "z");
        Change conflicted = row(all, "x");
        assertThat(conflicted.revs()).containsExactlyInAnyOrder("2-b", "2-c");
        assertThat(conflicted.deleted()).isFalse();
        assertThat(row(all, "y").deleted()).isTrue();
        assertThat(database.changes(all.last(), 100, 0).rows()).isEmpty();
    }

    @Test
    void theFeedIsReadInPagesToItsEnd() throws Exception {
        List<Document> documents = IntStream.range(0, 25)
                .mapToObj(number -> doc("d" + number, "1-a"))
                .toList();
        database.store(documents);
        List<String> seen = new ArrayList<>();
        Changes page = database.changes(Sequence.ZERO, 10, 0);
        int pages = 0;
        while (!page.rows().isEmpty()) {
            page.rows().forEach(row -> seen.add(row.id()));
            pages++;
            page = database.changes(page.last(), 10, 0);
        }

        assertThat(pages).isEqualTo(3);
        assertThat(seen).hasSize(25).doesNotHaveDuplicates();
    }

    @Test
    void pagesSayHowMuchIsLeft() throws Exception {
        onCouchDbOnly("pending");
        database.store(List.of(doc("a", "1-a"), doc("b", "1-a"), doc("c", "1-a")));

        assertThat(database.changes(Sequence.ZERO, 1, 0).pending()).contains(2L);
    }

    @Test
    void waitsForAChangeAndNotForLonger() throws Exception {
        database.store(List.of(doc("old", "1-a")));
        Sequence since = database.info().updateSequence();

        long begun = System.nanoTime();
        Changes nothing = database.changes(since, 10, 300);
        assertThat(nothing.rows()).isEmpty();
        assertThat(System.nanoTime() - begun).isBetween(250_000_000L, 10_000_000_000L);

        Thread writer = new Thread(() -> store("new"));
        writer.start();
        Changes page = database.changes(nothing.last(), 10, 20_000);
        writer.join();
        assertThat(page.rows()).extracting(Change::id).containsExactly("new");
        assertThat(database.changes(page.last(), 10, 0).rows()).isEmpty();
    }

    @Test
    void localDocumentsAreWrittenAgainOnlyByWhoReadThem() throws Exception {
        assertThat(database.local("state/x y")).isEmpty();
        assertThat(database.putLocal("state/x y", Map.of("n", 1))).isTrue();
        Map<String, @Nullable Object> read = database.local("state/x y").orElseThrow();
        assertThat(read).containsEntry("n", 1).containsKey("_rev");

        assertThat(database.putLocal("state/x y", Map.of("n", 5))).isFalse();
        read.put("n", 2);
        assertThat(database.putLocal("state/x y", read)).isTrue();
        assertThat(database.putLocal("state/x y", read)).isFalse();
        assertThat(database.local("state/x y").orElseThrow()).containsEntry("n", 2);
        assertThat(database.changes(Sequence.ZERO, 10, 0).rows()).isEmpty();
    }

    @Test
    void viewsAreReadByKeysRangesAndReduced() throws Exception {
        putView("by_type", "function(d) { if (d.doc_type) { emit([d.doc_type, d._id], null); } }", "_count");
        database.store(List.of(typed("a", "Group"), typed("b", "Group"), typed("c", "User"), typed("d/é", "User")));

        ViewPage groups =
                view(Map.of("startkey", List.of("Group"), "endkey", List.of("Group", Map.of()), "reduce", false));
        assertThat(groups.rows()).extracting(row -> row.id().orElseThrow()).containsExactly("a", "b");

        ViewPage next = view(Map.of(
                "startkey",
                List.of("Group", "b"),
                "startkey_docid",
                "b",
                "limit",
                2,
                "reduce",
                false,
                "include_docs",
                true));
        assertThat(next.rows()).extracting(row -> row.id().orElseThrow()).containsExactly("b", "c");
        assertThat(next.rows().get(0).document().orElseThrow().docType()).contains("Group");
        assertThat(next.total()).contains(4L);

        ViewPage keys = view(Map.of("keys", List.of(List.of("User", "d/é"), List.of("User", "a")), "reduce", false));
        assertThat(keys.rows()).extracting(row -> row.id().orElseThrow()).containsExactly("d/é");

        ViewPage counted = view(Map.of("group_level", 1, "reduce", true));
        assertThat(counted.rows()).extracting(DocumentDatabase.ViewRow::value).containsExactly(2, 2);
        assertThat(counted.rows().get(0).key()).isEqualTo(List.of("Group"));
        assertThat(counted.total()).isEmpty();
    }

    @Test
    void aViewThatIsNotThereIsNone() throws Exception {
        putView("by_type", "function(d) { emit(d._id, null); }", "_count");

        assertThat(database.view("nowhere", "by_type", Map.of())).isEmpty();
        assertThat(database.view("all", "nowhere", Map.of())).isEmpty();
    }

    @Test
    void selectorsFindInPagesToTheEnd() throws Exception {
        database.store(IntStream.range(0, 7)
                .mapToObj(number -> typed("d" + number, number == 3 ? "User" : "Group"))
                .toList());
        List<String> found = new ArrayList<>();
        String bookmark = "";
        int documents;
        do {
            FindPage page = database.find(Map.of("doc_type", "Group"), List.of("_id"), 4, bookmark)
                    .orElseThrow();
            page.documents().forEach(document -> found.add(document.id()));
            documents = page.documents().size();
            bookmark = page.bookmark();
        } while (documents == 4);

        assertThat(found).containsExactlyInAnyOrder("d0", "d1", "d2", "d4", "d5", "d6");
    }

    @Test
    void designsAreListedAndCopied() throws Exception {
        putView("by_type", "function(d) { emit(d._id, null); }", "_count");
        database.store(List.of(doc("z", "1-a"), doc("A", "1-a")));
        database.copyDesign("all", "all-new");
        database.copyDesign("all", "all-new");

        assertThat(database.designs()).extracting(Document::id).containsExactly("_design/all", "_design/all-new");
        assertThat(database.get("_design/all-new").orElseThrow().get("views"))
                .isEqualTo(database.get("_design/all").orElseThrow().get("views"));
    }

    @Test
    void numbersKeepTheirValues() throws Exception {
        Document document = doc("x", "1-a");
        document.fields().put("double", 0.1);
        document.fields().put("tiny", 5e-324);
        document.fields().put("long", 9_007_199_254_740_991L);
        document.fields().put("negative", -17);
        database.store(List.of(document));

        assertThat(database.leaves(List.of("x")).get(0).winner().orElseThrow().fields())
                .containsEntry("double", 0.1)
                .containsEntry("tiny", 5e-324)
                .containsEntry("long", 9_007_199_254_740_991L)
                .containsEntry("negative", -17);
    }

    @Test
    void integersOfAnySizeKeepTheirValues() throws Exception {
        onCouchDbOnly("integers above 2^53");
        Document document = doc("x", "1-a");
        document.fields().put("big", new BigInteger("123456789012345678901234567890"));
        database.store(List.of(document));

        assertThat(database.get("x").orElseThrow())
                .containsEntry("big", new BigInteger("123456789012345678901234567890"));
    }

    @Test
    void bringsARevisionWithHistoryAndAttachments() throws Exception {
        String text = "x".repeat(3_000_000);
        database.store(List.of(withAttachment("x/1", "3-c", text, "b", "a")));

        assertThat(other.storeFrom(database, "x/1", "3-c")).isEmpty();

        Document brought = other.whole("x/1", "3-c").orElseThrow();
        assertThat(brought.fields()).containsEntry("_revisions", Map.of("start", 3, "ids", List.of("c", "b", "a")));
        assertThat(attachment(brought)).containsEntry("data", base64(text));
        assertThat(other.storeFrom(database, "x/1", "3-c")).isEmpty();
    }

    @Test
    void bringsTombstonesAndSaysWhatIsGone() throws Exception {
        database.store(List.of(tombstone("dead", "2-b", "a")));

        assertThat(other.storeFrom(database, "dead", "2-b")).isEmpty();
        assertThat(other.standings(List.of("dead")).get(0).deleted()).isTrue();
        assertThat(other.storeFrom(database, "never", "1-a"))
                .get()
                .returns("not_found", Failure::error)
                .returns("never", Failure::id);
    }

    @Test
    void purgesForGood() throws Exception {
        onCouchDbOnly("_purge");
        database.store(List.of(doc("x", "1-a"), doc("y", "1-a")));

        assertThat(database.purge(Map.of("x", List.of("1-a")))).isTrue();
        assertThat(database.standings(List.of("x", "y")))
                .extracting(Standing::live)
                .containsExactly(false, true);
        assertThat(database.changes(Sequence.ZERO, 10, 0).rows())
                .extracting(Change::id)
                .containsExactly("y");
    }

    @Test
    void aServerThatCannotPurgeSaysSo() throws Exception {
        assumeTrue(!couchDb, "CouchDB can purge");

        assertThat(database.purge(Map.of("x", List.of("1-a")))).isFalse();
    }

    @Test
    void looksAfterItself() throws Exception {
        database.compact();
        database.cleanUpViews();

        assertThat(database.replications()).isEmpty();
    }

    private static void onCouchDbOnly(String what) {
        assumeTrue(couchDb, "pouchdb-server does not know: " + what + "; give COUCHDB_URL to test it");
    }

    private void store(String id) {
        try {
            database.store(List.of(doc(id, "1-a")));
        } catch (EndpointException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void putView(String name, String map, String reduce) throws Exception {
        Map<String, @Nullable Object> design = new LinkedHashMap<>();
        design.put("_id", "_design/all");
        design.put("views", Map.of(name, Map.of("map", map, "reduce", reduce)));
        assertThat(database.edit(List.of(new Document(design)))).isEmpty();
    }

    private ViewPage view(Map<String, @Nullable Object> options) throws Exception {
        return database.view("all", "by_type", options).orElseThrow();
    }

    private static Change row(Changes page, String id) {
        return page.rows().stream()
                .filter(row -> row.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> ids(List<Standing> standings) {
        return standings.stream().map(Standing::id).toList();
    }

    /** @param before hashes of the revisions before, the newest first */
    private static Document doc(String id, String rev, String... before) {
        int dash = rev.indexOf('-');
        List<String> path = new ArrayList<>();
        path.add(rev.substring(dash + 1));
        path.addAll(List.of(before));
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("_id", id);
        fields.put("_rev", rev);
        fields.put("_revisions", Map.of("start", Integer.parseInt(rev.substring(0, dash)), "ids", path));
        return new Document(fields);
    }

    private static Document typed(String id, String type) {
        Document document = doc(id, "1-a");
        document.fields().put("doc_type", type);
        return document;
    }

    private static Document tombstone(String id, String rev, String... before) {
        Document document = doc(id, rev, before);
        document.fields().put("_deleted", true);
        return document;
    }

    private static Document withAttachment(String id, String rev, String text, String... before) {
        Document document = doc(id, rev, before);
        document.fields()
                .put("_attachments", Map.of("note.txt", Map.of("content_type", "text/plain", "data", base64(text))));
        return document;
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, @Nullable Object> attachment(Document document) {
        Map<String, @Nullable Object> all =
                (Map<String, @Nullable Object>) document.fields().get("_attachments");
        return (Map<String, @Nullable Object>) all.get("note.txt");
    }

    private interface Call {
        Object run() throws Exception;
    }
}
