package org.cchq.migrate.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.migration.Finding;
import org.cchq.migrate.migration.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
    private static final int STARTS = 50;

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void place() {
        file = directory.resolve("ledger.sqlite");
    }

    @Test
    void aNewLedgerIsInTheJournalModeInWhichItIsOpened() throws Exception {
        Path file = directory.resolve("new.ledger");

        LedgerFile.create(file, Runs.IDENTITY);

        // The file's header says how it is to be read and written; 2 is WAL.
        byte[] header = Files.readAllBytes(file);
        assertThat(header[18]).isEqualTo((byte) 2);
        assertThat(header[19]).isEqualTo((byte) 2);
        assertThat(directory).isDirectoryNotContaining(path -> path.toString().contains(".new-"));
    }

    @Test
    void theLowWaterMarkWaitsForTheOldestOpenChunk() throws Exception {
        try (Ledger ledger = open()) {
            ledger.beginPass(List.of("p1"));
            OpenChunk first = ledger.beginChunk("p1", 10, 1, new byte[0]);
            OpenChunk second = ledger.beginChunk("p1", 20, 1, new byte[0]);

            ledger.finish(second, List.of(copied(20)));
            assertThat(ledger.lowWater("p1")).contains(Long.MIN_VALUE);

            ledger.finish(first, List.of(copied(10)));
            assertThat(ledger.lowWater("p1")).contains(20L);
        }
    }

    @Test
    void aFailedItemThatSucceedsLaterMovesFromOneCountToTheOther() throws Exception {
        try (Ledger ledger = open()) {
            ledger.beginPass(List.of("p1"));
            OpenChunk chunk = ledger.beginChunk("p1", 10, 2, new byte[0]);
            ledger.finish(chunk, List.of(copied(9), failed(10)));
            assertThat(ledger.counts().of(Outcome.FAILED)).isEqualTo(1);
            ledger.endPass(PassState.UNRESOLVED, "");

            ledger.beginPass(List.of("p1"));
            assertThat(ledger.unresolved("p1", Long.MIN_VALUE, 10))
                    .extracting(Finding::id)
                    .containsExactly(10L);
            ledger.finish(ledger.beginAgain("p1", List.of(10L), new byte[0]), List.of(copied(10)));

            assertThat(ledger.counts().outcomes()).isEqualTo(Map.of(Outcome.COPIED, 2L));
            assertThat(ledger.counts().enumerated()).isEqualTo(2);
            assertThat(ledger.findings("", 0, 10)).isEmpty();
        }
    }

    @Test
    void resultsComeBackAsTheyWere() throws Exception {
        List<EndedItem> items = List.of(copied(9), failed(10));
        try (Ledger ledger = open()) {
            ledger.beginPass(List.of("p1"));
            OpenChunk chunk = ledger.beginChunk("p1", 10, 2, "two".getBytes(StandardCharsets.UTF_8));
            ledger.keep(chunk, items);
        }
        try (Ledger ledger = open()) {
            OpenChunk chunk = ledger.beginPass(List.of("p1")).chunks().get(0);
            assertThat(ledger.items(chunk)).asString(StandardCharsets.UTF_8).isEqualTo("two");
            assertThat(ledger.results(chunk).values()).containsExactlyElementsOf(items);
        }
    }

    @Test
    void otherSettingsAreRefusedWithEachDifference() throws Exception {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("target", "s3 http://10.1.1.1:8081 bucket blobdb");
        settings.put("filter", "none");
        Ledger.open(file, new RunIdentity(settings), Runs.OWNER, Clock.systemUTC())
                .close();
        settings.put("target", "s3 http://10.1.1.2:8081 bucket blobdb");

        assertThatThrownBy(() -> Ledger.open(file, new RunIdentity(settings), Runs.OWNER, Clock.systemUTC()))
                .isInstanceOf(UserException.class)
                .hasMessage(file.toRealPath()
                        + ": this ledger belongs to a run with other settings:\n"
                        + "  target: s3 http://10.1.1.1:8081 bucket blobdb in the ledger,"
                        + " s3 http://10.1.1.2:8081 bucket blobdb now\n"
                        + "Nothing was changed. Start with the earlier settings to go on with that run, or use another"
                        + " directory for this one.");
    }

    @Test
    void whatIsNotALedgerOfThisVersionIsRefusedAndLeftAsItIs() throws Exception {
        refuses("", "the file is empty");
        refuses(
                "not a database at all, but long enough to have a header of a hundred bytes or more: "
                        + "0123456789012345678901234567890123456789",
                "not a whole ledger");
        Files.delete(file);
        sql(file, "CREATE TABLE other (x)");
        refused("not a ledger of this program");

        Files.delete(file);
        open().close();
        sql(file, "PRAGMA user_version = " + (LedgerFile.VERSION + 1));
        refused("a ledger of format 3; this program knows format 2");
    }

    @Test
    void aDamagedLedgerIsRefused() throws Exception {
        open().close();
        byte[] whole = Files.readAllBytes(file);

        Files.write(file, java.util.Arrays.copyOf(whole, whole.length / 2));

        refused("not a whole ledger");
    }

    @Test
    void aJournalWithoutItsLedgerIsNotTakenForAFreshStart() throws Exception {
        Files.writeString(directory.resolve("ledger.sqlite-wal"), "something");

        refused("the journal of a ledger that is not there any more");
    }

    @Test
    void aShardThatIsGoneIsRefused() throws Exception {
        try (Ledger ledger = open()) {
            ledger.beginPass(List.of("p1", "p2"));

            assertThatThrownBy(() -> ledger.beginPass(List.of("p1")))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("not in the settings now: p2");
        }
    }

    @Test
    void aSecondOpenInTheSameProcessIsRefusedAndDoesNotEndTheLease() throws Exception {
        try (Ledger ledger = open()) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(this::open)
                        .isInstanceOf(LeaseHeldException.class)
                        .hasMessageContaining("alice on control1, process 4711, since 20");
            }
            assertThat(ledger.lastPass()).isEmpty();
        }
        open().close();
    }

    @Test
    void ofFiftyStartsAtOnceOneWins() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(STARTS);
        try {
            List<Callable<Ledger>> starts = new ArrayList<>();
            for (int i = 0; i < STARTS; i++) {
                starts.add(this::open);
            }
            int won = 0;
            for (Future<Ledger> start : threads.invokeAll(starts)) {
                try {
                    Ledger winner = start.get();
                    won++;
                    winner.note("winner", "yes");
                } catch (java.util.concurrent.ExecutionException e) {
                    assertThat(e).hasCauseInstanceOf(LeaseHeldException.class);
                }
            }
            assertThat(won).isEqualTo(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aLedgerThatIsPutAsideMakesPlaceForAnother() throws Exception {
        try (Ledger ledger = open()) {
            ledger.note("said", "before");
        }

        Path aside = Ledger.putAside(file, Runs.OWNER, Clock.systemUTC()).orElseThrow();

        try (Ledger ledger = open();
                LedgerReader old = LedgerReader.open(aside)) {
            assertThat(ledger.note("said")).isEmpty();
            assertThat(old.note("said")).contains("before");
        }
    }

    @Test
    void aReaderSeesWhatARunIsWriting() throws Exception {
        try (Ledger ledger = open();
                LedgerReader reader = LedgerReader.open(file)) {
            ledger.beginPass(List.of("p1"));
            ledger.finish(ledger.beginChunk("p1", 10, 1, new byte[0]), List.of(failed(10)));

            assertThat(reader.lastPass().orElseThrow().counts().of(Outcome.FAILED))
                    .isEqualTo(1);
            assertThat(reader.findings("", Long.MIN_VALUE, 10)).hasSize(1);
            assertThat(reader.identity()).isEqualTo(Runs.IDENTITY);
        }
    }

    @Test
    void aFullDiskIsSaidWithTheFile() throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE filled (x)");
            statement.execute("PRAGMA max_page_count = 4");

            assertThatThrownBy(() -> statement.execute("INSERT INTO filled VALUES (randomblob(1000000))"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            full -> assertThat(LedgerFile.trouble(file, "finish a chunk", full))
                                    .hasMessage("Tried to finish a chunk in " + file
                                            + " but the disk is full. Nothing is lost: put that right and start the same"
                                            + " command again."));
        }
    }

    private Ledger open() throws Exception {
        return Ledger.open(file, Runs.IDENTITY, Runs.OWNER, Clock.systemUTC());
    }

    private void refuses(String content, String message) throws Exception {
        Files.writeString(file, content);
        refused(message);
        assertThat(file).hasContent(content);
    }

    private void refused(String message) {
        assertThatThrownBy(this::open).isInstanceOf(UserException.class).hasMessageContaining(message);
    }

    private static void sql(Path file, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static EndedItem copied(long id) {
        return new EndedItem(id, ItemResult.of(Outcome.COPIED, 7), 1);
    }

    private static EndedItem failed(long id) {
        return new EndedItem(
                id, ItemResult.of(new Finding("p1", id, "key", Outcome.FAILED, "{\"a\": 1}", "no \"luck\"")), 6);
    }
}
