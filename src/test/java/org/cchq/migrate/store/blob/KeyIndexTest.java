package org.cchq.migrate.store.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.testing.ListingOnlyStore;
import org.cchq.migrate.testing.PageRounds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyIndexTest {
    private static final int FEW_RECORDS = 1_000;
    private static final Sleeper NO_PATIENCE = duration -> {};

    @TempDir
    Path directory;

    private final SortedMap<String, Long> keys = new TreeMap<>(KeyOrder.BYTES);

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 16})
    void knowsEveryKeyOfALargeStore(int listers) throws Exception {
        addKeysAsHqHasThem(300_000);
        ListingOnlyStore store = new ListingOnlyStore(keys);

        try (KeyIndex index = build(store, listers)) {
            assertThat(index.size()).isEqualTo(keys.size());
            List<String> wrong = new ArrayList<>();
            keys.forEach((key, length) -> {
                if (!index.length(key).equals(OptionalLong.of(length))
                        || index.length(key + "x").isPresent()) {
                    wrong.add(key);
                }
            });
            assertThat(wrong).isEmpty();
        }
        // Each range that is given away costs one page that ends early.
        assertThat(store.requests()).isBetween(keys.size() / 1_000, keys.size() / 1_000 + 20 * listers);
    }

    @Test
    void keepsAllListersAtWork() throws Exception {
        addKeysAsHqHasThem(100_000);
        try (PageRounds rounds = PageRounds.of("lister", 8)) {
            ListingOnlyStore store = new ListingOnlyStore(keys).inRounds(rounds);

            build(store, 8).close();

            assertThat(rounds.pagesInRoundsBelow(5)).isLessThan(store.requests() / 2);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 999, 1_000, 1_001, 2_000})
    void knowsSmallStores(int size) throws Exception {
        for (int i = 0; i < size; i++) {
            keys.put("key-" + i, (long) i);
        }

        try (KeyIndex index = build(new ListingOnlyStore(keys), 4)) {
            assertThat(index.size()).isEqualTo(size);
            keys.forEach((key, length) -> assertThat(index.length(key)).hasValue(length));
            assertThat(index.length("key")).isEmpty();
            assertThat(index.length("")).isEmpty();
        }
    }

    @Test
    void asksForAFailedPageAgainAndForNothingElse() throws Exception {
        addKeysAsHqHasThem(50_000);
        ListingOnlyStore store = new ListingOnlyStore(keys).failing(3, Kind.THROTTLED);
        List<Duration> pauses = new CopyOnWriteArrayList<>();

        try (KeyIndex index = KeyIndex.build(store, directory, 1, pauses::add, n -> {}, FEW_RECORDS)) {
            assertThat(index.size()).isEqualTo(keys.size());
        }

        assertThat(pauses).isNotEmpty().hasSize(store.failures());
        assertThat(store.requests()).isEqualTo((keys.size() + 999) / 1_000 + store.failures());
    }

    @Test
    void givesUpAtOnceWhereAnotherAttemptCannotHelp() throws Exception {
        addKeysAsHqHasThem(50_000);
        ListingOnlyStore store = new ListingOnlyStore(keys).failing(7, Kind.DENIED);

        assertThatThrownBy(() -> build(store, 4))
                .isInstanceOfSatisfying(
                        EndpointException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DENIED));

        assertThat(filesBelow(directory)).isEmpty();
    }

    @Test
    void givesUpAfterManyAttempts() throws Exception {
        ListingOnlyStore store = new ListingOnlyStore(keys).failing(1, Kind.UNREACHABLE);

        assertThatThrownBy(() -> build(store, 2))
                .isInstanceOfSatisfying(
                        EndpointException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNREACHABLE));

        assertThat(store.requests()).isEqualTo(16);
    }

    @Test
    void canBeInterruptedAndLeavesNothing() throws Exception {
        addKeysAsHqHasThem(5_000);
        CountDownLatch pausing = new CountDownLatch(1);
        Sleeper endless = duration -> {
            pausing.countDown();
            new CountDownLatch(1).await();
        };
        ListingOnlyStore store = new ListingOnlyStore(keys).failing(2, Kind.THROTTLED);
        AtomicReference<Throwable> ended = new AtomicReference<>();
        Thread builder = new Thread(() -> {
            try {
                KeyIndex.build(store, directory, 2, endless, n -> {}, FEW_RECORDS);
            } catch (EndpointException | InterruptedException e) {
                ended.set(e);
            }
        });
        builder.start();
        pausing.await();

        builder.interrupt();
        builder.join();

        assertThat(ended.get()).isInstanceOf(InterruptedException.class);
        assertThat(filesBelow(directory)).isEmpty();
    }

    @Test
    void removesItsFilesAndThoseOfACrash() throws Exception {
        Files.createDirectory(directory.resolve("key-index-123"));
        Files.write(directory.resolve("key-index-123/run-0"), new byte[24]);
        Files.write(directory.resolve("ledger.sqlite"), new byte[1]);
        keys.put("a", 1L);

        build(new ListingOnlyStore(keys), 1).close();

        assertThat(filesBelow(directory)).containsExactly("ledger.sqlite");
    }

    @Test
    void tellsItsProgressInRoundNumbers() throws Exception {
        addKeysAsHqHasThem(200_000);
        List<Long> told = new CopyOnWriteArrayList<>();

        KeyIndex.build(new ListingOnlyStore(keys), directory, 4, NO_PATIENCE, told::add, FEW_RECORDS)
                .close();

        assertThat(told).containsExactly(100_000L, 200_000L);
    }

    @Test
    void answersManyThreadsAlsoInterruptedOnes() throws Exception {
        addKeysAsHqHasThem(20_000);
        List<String> all = new ArrayList<>(keys.keySet());
        AtomicInteger right = new AtomicInteger();
        try (KeyIndex index = build(new ListingOnlyStore(keys), 4)) {
            List<Thread> threads = new ArrayList<>();
            for (int thread = 0; thread < 16; thread++) {
                int first = thread;
                threads.add(new Thread(() -> {
                    if (first % 2 == 0) {
                        Thread.currentThread().interrupt();
                    }
                    for (int i = first; i < all.size(); i += 16) {
                        if (index.length(all.get(i)).equals(OptionalLong.of(keys.get(all.get(i))))) {
                            right.incrementAndGet();
                        }
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertThat(right.get()).isEqualTo(all.size());
    }

    @Test
    void splitsOnlyInsideARange() {
        addKeysAsHqHasThem(20_000);
        List<String> all = new ArrayList<>(keys.keySet());
        Random random = new Random(1);
        int split = 0;
        for (int i = 0; i < 20_000; i++) {
            int from = random.nextInt(all.size() - 1);
            int to = from + 1 + random.nextInt(all.size() - from - 1);
            KeyRange range = i % 3 == 0
                    ? KeyRange.ALL.from(all.get(from))
                    : new KeyRange(all.get(from), Optional.of(all.get(to)));
            if (range.middle().isPresent()) {
                String middle = range.middle().get();
                assertThat(KeyOrder.BYTES.compare(range.after(), middle)).isNegative();
                range.last()
                        .ifPresent(last ->
                                assertThat(KeyOrder.BYTES.compare(middle, last)).isNegative());
                split++;
            }
        }
        assertThat(split).isGreaterThan(10_000);
    }

    private KeyIndex build(BlobStore store, int listers) throws EndpointException, InterruptedException {
        return KeyIndex.build(store, directory, listers, NO_PATIENCE, n -> {}, FEW_RECORDS);
    }

    private void addKeysAsHqHasThem(int count) {
        Random random = new Random(count);
        String letters = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
        while (keys.size() < count) {
            String hex = HexFormat.of().toHexDigits(random.nextLong())
                    + HexFormat.of().toHexDigits(random.nextLong());
            StringBuilder identifier = new StringBuilder();
            for (int i = 0; i < 11; i++) {
                identifier.append(letters.charAt(random.nextInt(64)));
            }
            String key = switch (random.nextInt(10)) {
                case 0, 1, 2 -> "form/" + hex + "/" + identifier;
                case 3 -> "commcarehq/" + hex + "/form.xml." + identifier;
                case 4 -> "_default/" + identifier;
                case 5 -> "commcarehq__apps/" + hex + "/id{" + identifier + "}\ud83d\ude00";
                default -> hex;
            };
            keys.put(key, random.nextLong() >>> 20);
        }
    }

    private static List<String> filesBelow(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(path -> !path.equals(root))
                    .map(file -> root.relativize(file).toString())
                    .toList();
        }
    }
}
