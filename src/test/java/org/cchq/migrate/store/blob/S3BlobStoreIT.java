package org.cchq.migrate.store.blob;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.store.blob.PutResult.Effect;
import org.cchq.migrate.store.blob.PutResult.Verified;
import org.cchq.migrate.testing.S3ProxyServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
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
        server.createBucket("probe-" + signature.name().toLowerCase(java.util.Locale.ROOT));
        try (S3BlobStore store = open(settings("probe-" + signature.name().toLowerCase(java.util.Locale.ROOT))
                .withSignature(signature))) {
            store.probeSource();

            Capabilities found = store.probeTarget();

            assertThat(found).isEqualTo(new Capabilities(true, true));
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
