package org.cchq.migrate.store.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.store.blob.PutResult.Effect;
import org.cchq.migrate.store.blob.PutResult.Verified;
import org.cchq.migrate.testing.S3ProxyServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is particular to S3, against a server that verifies signatures; the general contract has its own suite. */
class S3BlobStoreIT {
    private static final String BUCKET = "blobdb";
    private static S3ProxyServer server;

    @BeforeAll
    static void start() throws Exception {
        server = S3ProxyServer.start(BUCKET, "listing");
    }

    @AfterAll
    static void stop() throws Exception {
        server.stop();
    }

    @ParameterizedTest
    @EnumSource(S3Settings.Signature.class)
    void putsGetsHeadsListsAndDeletesWithEachSignature(S3Settings.Signature signature) throws Exception {
        try (S3BlobStore store = open(settings(BUCKET).withSignature(signature))) {
            byte[] bytes = random(4096);
            String key = "form/" + signature + "/0a1b{x} y+z%~é_.-1";

            PutResult put = store.putIfAbsent(key, BytesBlob.of(bytes));

            assertThat(put).isEqualTo(new PutResult(Effect.CREATED, 4096, Verified.CHECKSUM));
            assertThat(read(store, key)).isEqualTo(bytes);
            assertThat(store.head(key)).contains(BytesBlob.of(bytes).info());
            assertThat(store.list("").entries()).extracting(BlobPage.Entry::key).contains(key);
            assertThat(store.delete(key)).isTrue();
            assertThat(store.open(key)).isEmpty();
            assertThat(store.head(key)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(S3Settings.Signature.class)
    void probesFindWhatTheServerCanDoAndLeaveNothing(S3Settings.Signature signature) throws Exception {
        server.createBucket("probe-" + signature.name().toLowerCase(Locale.ROOT));
        try (S3BlobStore store = open(
                settings("probe-" + signature.name().toLowerCase(Locale.ROOT)).withSignature(signature))) {
            store.probeSource();

            Capabilities found = store.probeTarget();

            assertThat(found).isEqualTo(new Capabilities(true, true, true, 0));
            assertThat(store.list("").entries()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(S3Settings.Signature.class)
    void storesEverySizeWhole(S3Settings.Signature signature) throws Exception {
        try (S3BlobStore store = open(settings(BUCKET).withSignature(signature))) {
            store.probeTarget();
            int mebibyte = 1 << 20;
            for (int size : new int[] {
                0,
                1,
                4096,
                S3Writer.SMALL_BYTES,
                S3Writer.SMALL_BYTES + 1,
                5 * mebibyte,
                5 * mebibyte + 1,
                12 * mebibyte
            }) {
                String key = "size/" + signature + "/" + size;
                byte[] bytes = random(size);

                PutResult put = store.putIfAbsent(key, BytesBlob.of(bytes));

                assertThat(put).as("%d bytes", size).isEqualTo(new PutResult(Effect.CREATED, size, Verified.CHECKSUM));
                assertThat(read(store, key)).isEqualTo(bytes);
            }
        }
    }

    @Test
    void neverReplacesWhatIsThere() throws Exception {
        try (S3BlobStore store = open(settings(BUCKET))) {
            byte[] theirs = random(5000);
            byte[] ours = random(4000);
            byte[] sameLength = theirs.clone();
            sameLength[17] ^= 1;
            store.putIfAbsent("taken", BytesBlob.of(theirs));
            for (boolean probed : new boolean[] {false, true}) {
                if (probed) {
                    store.probeTarget();
                }
                assertThat(store.putIfAbsent("taken", BytesBlob.of(theirs)))
                        .isEqualTo(new PutResult(Effect.SAME, 5000, Verified.CHECKSUM));
                assertThat(store.putIfAbsent("taken", BytesBlob.of(ours)).effect())
                        .isEqualTo(Effect.DIFFERENT);
                assertThat(store.putIfAbsent("taken", BytesBlob.declaring(5000, "", theirs)))
                        .isEqualTo(new PutResult(Effect.SAME, 5000, Verified.LENGTH));
            }
            assertThat(store.putIfAbsent("taken", BytesBlob.of(sameLength)).effect())
                    .isEqualTo(Effect.DIFFERENT);
            assertThat(read(store, "taken")).isEqualTo(theirs);
        }
    }

    @Test
    void aSourceThatIsNotWhatItDeclaresIsNeverStored() throws Exception {
        try (S3BlobStore store = open(settings(BUCKET))) {
            store.probeTarget();
            for (int size : new int[] {4096, 1 << 20, 11 << 20}) {
                byte[] bytes = random(size);
                byte[] flipped = bytes.clone();
                flipped[size - 1] ^= 0x40;
                String etag = BytesBlob.of(bytes).info().etag();
                String key = "bad/" + size;

                assertCorrupt(store, key, BytesBlob.declaring(size, etag, flipped));
                assertCorrupt(store, key, BytesBlob.declaring(size, etag, Arrays.copyOf(bytes, size - 1)));
                assertCorrupt(store, key, BytesBlob.declaring(size, "", Arrays.copyOf(bytes, size + 1)));

                assertThat(store.head(key)).as("%d bytes", size).isEmpty();
            }
            assertThat(server.blobs().listMultipartUploads(BUCKET)).isEmpty();
        }
    }

    @Test
    void theSameBytesReadTwiceShowThatTheEtagIsNoChecksum() throws Exception {
        try (S3BlobStore store = open(settings(BUCKET))) {
            store.probeTarget();
            byte[] bytes = random(3000);
            String kms = "0123456789abcdef0123456789abcdef";

            assertCorrupt(store, "kms", BytesBlob.declaring(3000, kms, bytes));

            assertThat(store.putIfAbsent("kms", BytesBlob.declaring(3000, kms, bytes)))
                    .isEqualTo(new PutResult(Effect.CREATED, 3000, Verified.TARGET_CHECKSUM));
        }
    }

    /** The target found that the bytes are not the ETag's; two readings with the same result say that it is none. */
    @Test
    void anEtagThatIsNoChecksumCostsALargeBlobThreeReadings() throws Exception {
        try (S3BlobStore store = open(settings(BUCKET))) {
            store.probeTarget();
            byte[] bytes = random(300_000);
            String kms = "0123456789abcdef0123456789abcdef";

            assertCorrupt(store, "kms-large", BytesBlob.declaring(bytes.length, kms, bytes));
            assertCorrupt(store, "kms-large", BytesBlob.declaring(bytes.length, kms, bytes));

            assertThat(store.putIfAbsent("kms-large", BytesBlob.declaring(bytes.length, kms, bytes)))
                    .isEqualTo(new PutResult(Effect.CREATED, bytes.length, Verified.TARGET_CHECKSUM));
            assertThat(read(store, "kms-large")).isEqualTo(bytes);
        }
    }

    @Test
    void aLargeBlobOfAnotherContentWithTheSameLengthIsLeft() throws Exception {
        try (S3BlobStore store = open(settings(BUCKET))) {
            store.probeTarget();
            byte[] theirs = random(300_000);
            byte[] ours = theirs.clone();
            ours[123_456] ^= 1;
            store.putIfAbsent("taken-large", BytesBlob.of(theirs));

            PutResult put;
            try {
                put = store.putIfAbsent("taken-large", BytesBlob.of(ours));
            } catch (EndpointException e) {
                // A server that looks at the condition after it took the body: the bytes are compared the second time.
                assertThat(e.kind()).isEqualTo(Kind.SERVER_ERROR);
                put = store.putIfAbsent("taken-large", BytesBlob.of(ours));
            }

            assertThat(put.effect()).isEqualTo(Effect.DIFFERENT);
            assertThat(read(store, "taken-large")).isEqualTo(theirs);
        }
    }

    @ParameterizedTest
    @EnumSource(S3Settings.Signature.class)
    void sendsOneBodyWhereTheServerLetsItIn(S3Settings.Signature signature) throws Exception {
        String bucket = "single-" + signature.name().toLowerCase(Locale.ROOT);
        server.createBucket(bucket);
        try (S3BlobStore store = S3BlobStore.open(settings(bucket).withSignature(signature), S3Tuning.DEFAULT)) {
            assertThat(store.probeTarget())
                    .isEqualTo(new Capabilities(true, true, true, S3Tuning.DEFAULT_SINGLE_BYTES));
            assertThat(store.list("").entries()).isEmpty();
            BytesBlob blob = BytesBlob.of(random(20 << 20));

            assertThat(store.putIfAbsent("one", blob))
                    .isEqualTo(new PutResult(Effect.CREATED, 20 << 20, Verified.CHECKSUM));

            assertThat(store.head("one")).contains(blob.info());
        }
    }

    @Test
    void knowsWhatPartsOfHqsClientMadeOfTheSameBytes() throws Exception {
        try (S3BlobStore store = S3BlobStore.open(settings(BUCKET), S3Tuning.DEFAULT)) {
            byte[] bytes = random(17 << 20);
            CompositeMd5 parts = new CompositeMd5(SourceReader.HQ_PART_BYTES);
            parts.update(bytes, 0, bytes.length);
            store.probeTarget();

            store.putIfAbsent("hq-parts", BytesBlob.declaring(bytes.length, parts.etag(), bytes));
            assertThat(store.head("hq-parts").orElseThrow().etag()).isEqualTo(parts.etag());
            assertThat(store.putIfAbsent("hq-parts", BytesBlob.of(bytes)))
                    .isEqualTo(new PutResult(Effect.SAME, bytes.length, Verified.TARGET_CHECKSUM));
            store.putIfAbsent("hq-one", BytesBlob.of(bytes));
            assertThat(store.putIfAbsent("hq-one", BytesBlob.declaring(bytes.length, parts.etag(), bytes)))
                    .isEqualTo(new PutResult(Effect.SAME, bytes.length, Verified.TARGET_CHECKSUM));
        }
    }

    @Test
    void comparesTheChecksumOfPartsThatHqsClientMade() throws Exception {
        try (S3BlobStore store = open(settings(BUCKET))) {
            byte[] bytes = random(17 << 20);
            CompositeMd5 parts = new CompositeMd5(SourceReader.HQ_PART_BYTES);
            parts.update(bytes, 0, bytes.length);
            byte[] flipped = bytes.clone();
            flipped[9 << 20] ^= 1;

            assertCorrupt(store, "parts", BytesBlob.declaring(bytes.length, parts.etag(), flipped));

            assertThat(store.putIfAbsent("parts", BytesBlob.declaring(bytes.length, parts.etag(), bytes)))
                    .isEqualTo(new PutResult(Effect.CREATED, bytes.length, Verified.CHECKSUM));
            assertThat(EtagForm.parts(store.head("parts").orElseThrow().etag())).isEqualTo(4);
        }
    }

    @Test
    void listsEveryKeyOnceOverPages() throws Exception {
        try (S3BlobStore store = open(settings("listing"))) {
            for (int i = 0; i < 2_001; i++) {
                store.putIfAbsent("a b+{" + i + "}/é", BytesBlob.of(new byte[0]));
            }
            List<String> keys = new ArrayList<>();
            BlobPage page = store.list("");
            while (true) {
                page.entries().forEach(entry -> keys.add(entry.key()));
                if (!page.more()) {
                    break;
                }
                page = store.list(keys.get(keys.size() - 1));
            }
            assertThat(keys).hasSize(2_001).doesNotHaveDuplicates().isSorted().contains("a b+{0}/é", "a b+{2000}/é");
        }
    }

    @ParameterizedTest
    @EnumSource(S3Settings.Signature.class)
    void copiesBetweenBucketsOfOneAccount(S3Settings.Signature signature) throws Exception {
        String bucket = "copies-" + signature.name().toLowerCase(Locale.ROOT);
        server.createBucket(bucket);
        try (S3BlobStore from = open(settings(BUCKET).withSignature(signature));
                S3BlobStore to = open(settings(bucket).withSignature(signature))) {
            to.probeTarget();
            byte[] bytes = random(70_000);
            String key = "copy/{" + signature + "} +%";
            from.putIfAbsent(key, BytesBlob.of(bytes));

            assertThat(to.copyWithin(from, key)).contains(new PutResult(Effect.CREATED, 70_000, Verified.CHECKSUM));
            assertThat(to.copyWithin(from, key)).contains(new PutResult(Effect.SAME, 70_000, Verified.CHECKSUM));
            assertThat(to.copyWithin(from, "not there")).isEmpty();
            assertThat(read(to, key)).isEqualTo(bytes);
        }
    }

    @Test
    void wrongKeysAndMissingBucketsAreUnusable() throws Exception {
        S3Settings wrongKey = S3Settings.of(server.url(), server.accessKey(), new Secret("wrong"), BUCKET);
        try (S3BlobStore store = open(wrongKey);
                S3BlobStore nowhere = open(settings("no-such-bucket"))) {
            assertThatThrownBy(() -> store.open("k"))
                    .satisfies(e -> assertThat(kind(e)).isEqualTo(Kind.UNUSABLE));
            assertThatThrownBy(store::probeTarget)
                    .satisfies(e -> assertThat(kind(e)).isEqualTo(Kind.UNUSABLE));
            assertThatThrownBy(nowhere::probeSource)
                    .hasMessageContaining("NoSuchBucket")
                    .satisfies(e -> assertThat(kind(e)).isEqualTo(Kind.UNUSABLE));
            assertThatThrownBy(() -> nowhere.putIfAbsent("k", BytesBlob.of(new byte[1])))
                    .satisfies(e -> assertThat(kind(e)).isEqualTo(Kind.UNUSABLE));
        }
    }

    private static Kind kind(Throwable failure) {
        return ((EndpointException) failure).kind();
    }

    private static void assertCorrupt(S3BlobStore store, String key, StoredBlob blob) {
        assertThatThrownBy(() -> store.putIfAbsent(key, blob))
                .satisfies(e -> assertThat(kind(e)).isEqualTo(Kind.CORRUPT));
    }

    private static S3Settings settings(String bucket) {
        return S3Settings.of(server.url(), server.accessKey(), new Secret(server.secretKey()), bucket);
    }

    private static S3BlobStore open(S3Settings settings) throws Exception {
        return S3BlobStore.open(settings, S3Tuning.DEFAULT.withPartBytes(S3Tuning.MIN_PART_BYTES));
    }

    private static byte[] read(BlobStore store, String key) throws Exception {
        try (StoredBlob blob = store.open(key).orElseThrow()) {
            return blob.body().readAllBytes();
        }
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size + 1L).nextBytes(bytes);
        return bytes;
    }
}
