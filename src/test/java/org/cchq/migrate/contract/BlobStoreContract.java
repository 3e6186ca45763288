package org.cchq.migrate.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.contract.BlobStorePlace.Limit;
import org.cchq.migrate.store.blob.BlobInfo;
import org.cchq.migrate.store.blob.BlobPage;
import org.cchq.migrate.store.blob.BlobStore;
import org.cchq.migrate.store.blob.PutResult;
import org.cchq.migrate.store.blob.PutResult.Effect;
import org.cchq.migrate.store.blob.PutResult.Verified;
import org.cchq.migrate.store.blob.StoredBlob;
import org.cchq.migrate.testing.Eventually;
import org.cchq.migrate.testing.MadeBlob;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link BlobStore} promises, whatever is behind it. */
public abstract class BlobStoreContract {
    private static final int THREADS = 16;

    private BlobStorePlace place;
    private BlobStore store;

    /** A fresh, empty place. */
    protected abstract BlobStorePlace place() throws Exception;

    @BeforeEach
    void openPlace() throws Exception {
        place = place();
        store = place.store();
    }

    @AfterEach
    void closePlace() throws Exception {
        if (place != null) {
            place.close();
        }
    }

    static List<Integer> sizes() {
        return List.of(0, 1, 4096, (256 << 10) - 1, 256 << 10, (256 << 10) + 1);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void givesBackTheBytesItWasGiven(int size) throws Exception {
        byte[] bytes = MadeBlob.bytes(size, size);

        PutResult result = store.putIfAbsent("blob", MadeBlob.of(bytes));

        assertThat(result).isEqualTo(new PutResult(Effect.CREATED, size, Verified.CHECKSUM));
        assertThat(bytesAt("blob")).isEqualTo(bytes);
        assertThat(store.head("blob").orElseThrow().length()).isEqualTo(size);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1})
    void givesBackABlobAroundThePartSize(int difference) throws Exception {
        byte[] bytes = MadeBlob.bytes(place.partBytes() + difference, 3);

        PutResult result = store.putIfAbsent("blob", MadeBlob.of(bytes));

        assertThat(result).isEqualTo(new PutResult(Effect.CREATED, bytes.length, Verified.CHECKSUM));
        assertThat(bytesAt("blob")).isEqualTo(bytes);
    }

    @Test
    void givesBackALargeBlobOfSeveralParts() throws Exception {
        byte[] bytes = MadeBlob.bytes(20 << 20, 4);

        PutResult result = store.putIfAbsent("large/blob", MadeBlob.withoutChecksum(bytes));

        assertThat(result.effect()).isEqualTo(Effect.CREATED);
        assertThat(result.length()).isEqualTo(bytes.length);
        assertThat(bytesAt("large/blob")).isEqualTo(bytes);
        assertThat(place.unfinishedUploads().orElse(0)).isZero();
    }

    @Test
    void leavesGzippedBytesAsTheyAre() throws Exception {
        byte[] gzipped = gzip(MadeBlob.bytes(50_000, 5));

        store.putIfAbsent("form", MadeBlob.of(gzipped));

        assertThat(bytesAt("form")).isEqualTo(gzipped);
        assertThat(store.head("form").orElseThrow().length()).isEqualTo(gzipped.length);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 9 << 20})
    void addsNoMetadata(int size) throws Exception {
        store.putIfAbsent("plain", MadeBlob.of(MadeBlob.bytes(size, 6)));

        var metadata = place.metadata("plain");
        assumeTrue(metadata.isPresent(), "this place cannot show metadata");
        assertThat(metadata.orElseThrow()).isEmpty();
    }

    static List<String> ordinaryKeys() {
        return List.of(
                "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
                "_default/Xy-_9",
                "commcarehq/sha1-da39a3ee5e6b4b0d3255bfef95601890afd80709/form.xml.Zx",
                "commcarehq/id{x}/n",
                "{}/{}",
                "with space/and  two",
                "a+b",
                "100%",
                "%41",
                "%2F",
                "~tilde",
                "star*'()!",
                "semi;colon:@&=$,",
                "quote\"<>\\^`|",
                "question?mark#hash[1]",
                "\u00fcml\u00e4ut/\u4e2d\u6587",
                "e\u0301/\u00e9",
                "emoji/\ud83d\ude00\ud83d\udc69\u200d\ud83d\udcbb",
                "..dots/...",
                "k".repeat(255),
                "deep/" + "d/".repeat(100) + "key");
    }

    @ParameterizedTest
    @MethodSource("ordinaryKeys")
    void takesAKeyVerbatim(String key) throws Exception {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);

        store.putIfAbsent(key, MadeBlob.of(bytes));

        assertThat(bytesAt(key)).isEqualTo(bytes);
        assertThat(store.head(key)).map(BlobInfo::length).contains((long) bytes.length);
        assertThat(allKeys()).containsExactly(key);
        store.delete(key);
        assertThat(store.head(key)).isEmpty();
    }

    @Test
    void keepsKeysApartThatLookAlike() throws Exception {
        List<String> keys = List.of("%41", "A", "a", "a b", "a+b", "a%20b", "a%2Fb", "e\u0301", "\u00e9");

        for (String key : keys) {
            store.putIfAbsent(key, MadeBlob.of(key.getBytes(StandardCharsets.UTF_8)));
        }

        for (String key : keys) {
            assertThat(bytesAt(key)).isEqualTo(key.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(allKeys()).containsExactlyInAnyOrderElementsOf(keys);
    }

    @Test
    void holdsAKeyThatIsTheBeginningOfAnother() throws Exception {
        assumeFalse(place.limits().contains(Limit.NO_KEY_BELOW_ANOTHER), "a file cannot be a directory too");
        List<String> keys = List.of("a", "a-b", "a/b", "a/b/c", "ab");

        for (String key : keys) {
            store.putIfAbsent(key, MadeBlob.of(key.getBytes(StandardCharsets.UTF_8)));
        }

        assertThat(allKeys()).containsExactlyElementsOf(keys);
        assertThat(bytesAt("a/b")).isEqualTo("a/b".getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a//b", "a/./b", "a/../b", "a/"})
    void holdsKeysWithUnusualSegments(String key) throws Exception {
        assumeFalse(place.limits().contains(Limit.FILE_TREE), "such keys are refused");
        assumeFalse(place.limits().contains(Limit.PLAIN_SEGMENTS), "a known fault of this server");
        byte[] bytes = MadeBlob.bytes(100, 7);

        store.putIfAbsent(key, MadeBlob.of(bytes));

        assertThat(bytesAt(key)).isEqualTo(bytes);
        assertThat(allKeys()).containsExactly(key);
    }

    @Test
    void answersAbsentForAKeyThatIsNotThere() throws Exception {
        store.putIfAbsent("there/one", MadeBlob.of(new byte[1]));

        assertThat(store.open("gone")).isEmpty();
        assertThat(store.head("gone")).isEmpty();
        assertThat(store.open("there")).isEmpty();
        assertThat(store.head("there")).isEmpty();
        assertThat(store.head("there/one/below")).isEmpty();
        assertThat(store.head("q".repeat(255) + "/" + "r".repeat(255))).isEmpty();
    }

    @Test
    void tellsDeniedFromAbsent() throws Exception {
        store.putIfAbsent("secret", MadeBlob.of(new byte[10]));
        assumeTrue(place.deny("secret"), "this place cannot deny");

        assertFails(() -> store.open("secret"), Kind.DENIED);
        assertFails(() -> store.head("secret").orElseThrow(), Kind.DENIED);
    }

    @Test
    void leavesWhatIsThere() throws Exception {
        byte[] first = MadeBlob.bytes(5_000, 8);
        byte[] sameLength = MadeBlob.bytes(5_000, 9);
        byte[] longer = MadeBlob.bytes(6_000, 10);
        store.putIfAbsent("blob", MadeBlob.of(first));

        assertThat(store.putIfAbsent("blob", MadeBlob.of(first)).effect()).isEqualTo(Effect.SAME);
        assertThat(store.putIfAbsent("blob", MadeBlob.of(sameLength)).effect()).isEqualTo(Effect.DIFFERENT);
        PutResult different = store.putIfAbsent("blob", MadeBlob.of(longer));

        assertThat(different.effect()).isEqualTo(Effect.DIFFERENT);
        assertThat(different.length()).isEqualTo(first.length);
        assertThat(bytesAt("blob")).isEqualTo(first);
    }

    @Test
    void leavesAnotherBlobThatIsThereWhenTheNewOneIsLarge() throws Exception {
        byte[] first = MadeBlob.bytes(5_000, 8);
        store.putIfAbsent("blob", MadeBlob.of(first));

        PutResult result = store.putIfAbsent("blob", MadeBlob.of(MadeBlob.bytes(place.partBytes() + 5, 9)));

        assertThat(result.effect()).isEqualTo(Effect.DIFFERENT);
        assertThat(bytesAt("blob")).isEqualTo(first);
        assertThat(place.unfinishedUploads().orElse(0)).isZero();
    }

    @Test
    void knowsALargeBlobAgain() throws Exception {
        byte[] bytes = MadeBlob.bytes(place.partBytes() + 5, 9);
        store.putIfAbsent("blob", MadeBlob.withoutChecksum(bytes));

        PutResult again = store.putIfAbsent("blob", MadeBlob.withoutChecksum(bytes));

        assertThat(again.effect()).isEqualTo(Effect.SAME);
        assertThat(bytesAt("blob")).isEqualTo(bytes);
    }

    @Test
    void leavesAnEmptyBlobThatIsThere() throws Exception {
        store.putIfAbsent("empty", MadeBlob.of(new byte[0]));

        assertThat(store.putIfAbsent("empty", MadeBlob.of(new byte[0])).effect())
                .isEqualTo(Effect.SAME);
        assertThat(store.putIfAbsent("empty", MadeBlob.of(new byte[1])).effect())
                .isEqualTo(Effect.DIFFERENT);
        assertThat(bytesAt("empty")).isEmpty();
    }

    @Test
    void deletesAndStoresAgain() throws Exception {
        store.putIfAbsent("blob", MadeBlob.of(new byte[10]));

        assertThat(store.delete("blob")).isTrue();

        assertThat(store.head("blob")).isEmpty();
        assertThat(store.open("blob")).isEmpty();
        assertThat(store.putIfAbsent("blob", MadeBlob.of(new byte[11])).effect())
                .isEqualTo(Effect.CREATED);
    }

    @Test
    void deletesWhatIsNotThereWithoutAnError() throws Exception {
        store.putIfAbsent("other", MadeBlob.of(new byte[10]));

        store.delete("blob");

        assertThat(allKeys()).containsExactly("other");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4096, 300_000, 9 << 20, 20 << 20})
    void neverStoresATruncatedSource(int size) throws Exception {
        byte[] bytes = MadeBlob.bytes(size, 11);

        for (int sent : List.of(0, size / 2, size - 1)) {
            assertFails(() -> store.putIfAbsent("cut", MadeBlob.truncated(bytes, sent)));
            assertNothingAt("cut");
            assertFails(() -> store.putIfAbsent("cut", MadeBlob.brokenOff(bytes, sent)));
            assertNothingAt("cut");
        }
        assertThat(store.putIfAbsent("cut", MadeBlob.of(bytes)).effect()).isEqualTo(Effect.CREATED);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4096, 9 << 20})
    void neverStoresASourceThatSendsMoreThanItDeclared(int declared) throws Exception {
        byte[] bytes = MadeBlob.bytes(declared + 1, 12);

        assertFails(() -> store.putIfAbsent("long", MadeBlob.overlong(bytes, declared)), Kind.CORRUPT);

        assertNothingAt("long");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4096, 300_000, 9 << 20})
    void neverStoresBytesThatAreNotThoseOfTheDeclaredChecksum(int size) throws Exception {
        byte[] bytes = MadeBlob.bytes(size, 13);

        for (int bit : List.of(0, size * 4, size * 8 - 1)) {
            assertFails(() -> store.putIfAbsent("flip", MadeBlob.changedOnTheWay(bytes, bit)), Kind.CORRUPT);
            assertNothingAt("flip");
        }
    }

    @Test
    void listsAllKeysInByteOrder() throws Exception {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 2_500; i++) {
            keys.add(i % 5 == 0 ? "form/%04x/b".formatted(i * 7919 % 65_536) : "%04x-{}".formatted(i * 7919 % 65_536));
        }
        keys.addAll(List.of("z\uff21", "z\ud83d\ude00", "form-x", "form.x", "form0", "Z", "a b", "a+b", "&<>\"'"));
        if (place.limits().contains(Limit.UTF16_ORDER)) {
            keys.remove("z\ud83d\ude00");
        }
        putAll(keys);

        List<String> listed = allKeys();

        assertThat(listed).doesNotHaveDuplicates().hasSameElementsAs(keys);
        assertThat(listed)
                .isSortedAccordingTo((a, b) ->
                        Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void listsFromWithinTheKeysAndPastTheEnd() throws Exception {
        List<String> keys = List.of("a-1", "a/1", "a/2/x", "a/2/y", "a/3", "b", "c/d");
        putAll(keys);

        for (String after :
                List.of("", "a-1", "a", "a/", "a/1", "a/2", "a/2/", "a/2/x", "a/20", "b", "b/x", "c", "d")) {
            BlobPage page = store.list(after);

            assertThat(page.entries().stream().map(BlobPage.Entry::key))
                    .as("after %s", after)
                    .containsExactlyElementsOf(keys.stream()
                            .filter(key -> key.compareTo(after) > 0)
                            .toList());
            assertThat(page.more()).isFalse();
        }
    }

    @Test
    void listsLengthsAndAtMostAThousandKeysAPage() throws Exception {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 1_001; i++) {
            keys.add("k%04d".formatted(i));
        }
        putAll(keys);

        BlobPage page = store.list("");

        assertThat(page.entries()).hasSize(1_000);
        assertThat(page.more()).isTrue();
        assertThat(page.entries()).allMatch(entry -> entry.info().length() == 5);
    }

    @Test
    void listsNothingWhereNothingIs() throws Exception {
        assertThat(store.list("").entries()).isEmpty();
        assertThat(store.list("").more()).isFalse();
    }

    @Test
    void probesWithoutLeavingATrace() throws Exception {
        store.probeTarget();
        store.probeSource();

        assertThat(allKeys()).isEmpty();
    }

    @Test
    void isUnusableWhereThePlaceDoesNotExist() throws Exception {
        try (BlobStore missing = place.missing()) {
            assertFails(missing::probeSource, Kind.UNUSABLE);
            assertFails(missing::probeTarget, Kind.UNUSABLE);
            assertFails(() -> missing.open("blob"), Kind.UNUSABLE);
            assertFails(() -> missing.list(""), Kind.UNUSABLE);
            assertFails(() -> missing.putIfAbsent("blob", MadeBlob.of(new byte[1])), Kind.UNUSABLE);
        }
    }

    @Test
    void isUnusableWithAWrongSecret() throws Exception {
        var wrong = place.wrongSecret();
        assumeTrue(wrong.isPresent(), "there are no secrets here");
        try (BlobStore denied = wrong.orElseThrow()) {
            assertFails(denied::probeSource, Kind.UNUSABLE);
            assertFails(denied::probeTarget, Kind.UNUSABLE);
            assertFails(() -> denied.open("blob"), Kind.UNUSABLE);
            // The answer to a HEAD has no text that could tell a wrong secret from a denied key.
            assertFails(() -> denied.head("blob"), Kind.UNUSABLE, Kind.DENIED);
            assertFails(() -> denied.putIfAbsent("blob", MadeBlob.of(new byte[1])), Kind.UNUSABLE, Kind.DENIED);
        }
    }

    @Test
    void mayBeSharedByThreads() throws Exception {
        List<Callable<Void>> work = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            String prefix = "t" + thread + "/";
            int seed = thread;
            work.add(() -> {
                for (int i = 0; i < 25; i++) {
                    byte[] bytes = MadeBlob.bytes(1_000 * i + seed, i);
                    assertThat(store.putIfAbsent(prefix + i, MadeBlob.of(bytes)).effect())
                            .isEqualTo(Effect.CREATED);
                    assertThat(bytesAt(prefix + i)).isEqualTo(bytes);
                    if (i % 5 == 0) {
                        store.delete(prefix + i);
                        assertThat(store.head(prefix + i)).isEmpty();
                    }
                }
                return null;
            });
        }

        inParallel(work);

        assertThat(allKeys()).hasSize(THREADS * 20);
    }

    @Test
    void letsOneOfManyWritersCreateABlob() throws Exception {
        CyclicBarrier together = new CyclicBarrier(THREADS);
        for (int round = 0; round < 10; round++) {
            String key = "race-" + round;
            List<Callable<PutResult>> work = new ArrayList<>();
            for (int writer = 0; writer < THREADS; writer++) {
                byte[] bytes = MadeBlob.bytes(20_000 + writer, writer);
                work.add(() -> {
                    together.await();
                    return store.putIfAbsent(key, MadeBlob.of(bytes));
                });
            }

            List<PutResult> results = inParallel(work);

            byte[] there = bytesAt(key);
            assertThat(there).isEqualTo(MadeBlob.bytes(there.length, there.length - 20_000));
            if (!place.limits().contains(Limit.RACY_CREATE)) {
                assertThat(results)
                        .filteredOn(r -> r.effect() == Effect.CREATED)
                        .hasSize(1);
                assertThat(results).allMatch(r -> r.length() == there.length);
            }
        }
    }

    @Test
    void readsABlobThatIsClosedHalfWay() throws Exception {
        byte[] bytes = MadeBlob.bytes(3 << 20, 14);
        store.putIfAbsent("blob", MadeBlob.of(bytes));

        for (int i = 0; i < 50; i++) {
            try (StoredBlob blob = store.open("blob").orElseThrow()) {
                assertThat(blob.body().read()).isEqualTo(bytes[0] & 0xff);
            }
        }

        assertThat(bytesAt("blob")).isEqualTo(bytes);
    }

    /** Reads all of a blob and holds its length against what was declared. */
    protected final byte[] bytesAt(String key) throws Exception {
        try (StoredBlob blob = store.open(key).orElseThrow(() -> new AssertionError("nothing at " + key))) {
            byte[] bytes = blob.body().readAllBytes();
            assertThat((long) bytes.length).isEqualTo(blob.info().length());
            return bytes;
        }
    }

    protected final List<String> allKeys() throws Exception {
        List<String> keys = new ArrayList<>();
        BlobPage page = store.list("");
        while (true) {
            page.entries().forEach(entry -> keys.add(entry.key()));
            if (!page.more()) {
                return keys;
            }
            page = store.list(keys.get(keys.size() - 1));
        }
    }

    private void putAll(List<String> keys) throws Exception {
        List<Callable<Void>> work = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            int first = thread;
            work.add(() -> {
                for (int i = first; i < keys.size(); i += THREADS) {
                    byte[] bytes = keys.get(i).getBytes(StandardCharsets.UTF_8);
                    store.putIfAbsent(keys.get(i), MadeBlob.of(bytes));
                }
                return null;
            });
        }
        inParallel(work);
    }

    private static <T> List<T> inParallel(List<Callable<T>> work) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> future : pool.invokeAll(work)) {
                results.add(future.get());
            }
            return results;
        } finally {
            pool.shutdownNow();
        }
    }

    private void assertNothingAt(String key) throws Exception {
        assertThat(store.head(key)).isEmpty();
        // s3proxy lists its own temporary objects until it has noticed that a request was abandoned.
        Eventually.holds(
                "nothing is listed", Duration.ofSeconds(10), () -> allKeys().isEmpty());
        // Kept for the next attempt, until it is said that there is none.
        store.forget(key);
        assertThat(place.unfinishedUploads().orElse(0)).isZero();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream gzipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(gzipped)) {
            gzip.write(bytes);
        }
        return gzipped.toByteArray();
    }

    private static void assertFails(ThrowingCallable call, Kind... kinds) {
        assertThatThrownBy(call).isInstanceOfSatisfying(EndpointException.class, e -> {
            if (kinds.length > 0) {
                assertThat(e.kind()).isIn((Object[]) kinds);
            }
        });
    }
}
