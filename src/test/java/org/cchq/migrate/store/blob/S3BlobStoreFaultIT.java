package org.cchq.migrate.store.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.store.blob.PutResult.Effect;
import org.cchq.migrate.testing.Fault;
import org.cchq.migrate.testing.Fault.Cut;
import org.cchq.migrate.testing.Fault.Direction;
import org.cchq.migrate.testing.Fault.Flip;
import org.cchq.migrate.testing.Fault.Manner;
import org.cchq.migrate.testing.Fault.Stall;
import org.cchq.migrate.testing.FaultRelay;
import org.cchq.migrate.testing.FaultScript;
import org.cchq.migrate.testing.MadeBlob;
import org.cchq.migrate.testing.S3ProxyServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What one attempt makes of a bad network in front of a real server. */
class S3BlobStoreFaultIT {
    private static final String BUCKET = "blobdb";
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(1);

    private S3ProxyServer server;
    private FaultRelay relay;
    /** Through the relay. */
    private S3BlobStore store;
    /** Past the relay. */
    private S3BlobStore direct;

    @BeforeEach
    void start() throws Exception {
        server = S3ProxyServer.start(BUCKET);
        relay = FaultRelay.start(server.port());
        store = open(relay.url(), READ_TIMEOUT);
        direct = open(server.url(), Duration.ofSeconds(30));
    }

    @AfterEach
    void stop() throws Exception {
        store.close();
        direct.close();
        relay.close();
        server.close();
    }

    @ParameterizedTest
    @EnumSource(Manner.class)
    void neverTakesACutAnswerForAWholeBlob(Manner manner) throws Exception {
        for (int size : List.of(4_096, 300_000)) {
            byte[] bytes = MadeBlob.bytes(size, size);
            direct.putIfAbsent("blob-" + size, MadeBlob.of(bytes));
            for (int after : List.of(-1, 0, 1, size / 2, size - 1)) {
                relay.play(FaultScript.on("GET", new Cut(Direction.RESPONSE, after, manner)));

                assertThat(readOrFail("blob-" + size)).isEmpty();
            }
            relay.play(FaultScript.HEALTHY);
            assertThat(readOrFail("blob-" + size)).contains(bytes);
        }
    }

    @ParameterizedTest
    @EnumSource(Manner.class)
    void storesNothingOrAllOfARequestThatIsCut(Manner manner) throws Exception {
        for (int size : List.of(4_096, 300_000, 6 << 20)) {
            byte[] bytes = MadeBlob.bytes(size, size);
            int body = (int) Math.min(size, S3Tuning.MIN_PART_BYTES);
            for (int after : List.of(-1, 0, 1, body / 2, body - 1)) {
                String key = "cut-" + size + "-" + after;
                relay.play(FaultScript.on("PUT", new Cut(Direction.REQUEST, after, manner)));

                assertKind(() -> store.putIfAbsent(key, MadeBlob.of(bytes)), Kind.UNREACHABLE);

                assertThat(direct.head(key)).isEmpty();
                relay.play(FaultScript.HEALTHY);
                assertThat(store.putIfAbsent(key, MadeBlob.of(bytes)).effect()).isEqualTo(Effect.CREATED);
                assertThat(bytesOf(direct, key)).isEqualTo(bytes);
            }
        }
    }

    /** The 100 % of the promise "verified": a changed bit is either noticed, or was in nothing that is the blob. */
    @Test
    void noticesEachChangedBitOfWhatItReads() throws Exception {
        Random random = new Random(42);
        for (int i = 0; i < 500; i++) {
            byte[] bytes = MadeBlob.bytes(4_096 + random.nextInt(i % 10 == 0 ? 300_000 : 10_000), i);
            direct.putIfAbsent("from-" + i, MadeBlob.of(bytes));
            relay.play(FaultScript.on("GET", new Flip(Direction.RESPONSE, random.nextLong(bytes.length * 8L))));
            String target = "to-" + i;

            assertKind(
                    () -> {
                        try (StoredBlob blob =
                                store.open(target.replace("to", "from")).orElseThrow()) {
                            direct.putIfAbsent(target, blob);
                        }
                    },
                    Kind.CORRUPT);

            assertThat(direct.head(target)).isEmpty();
        }
        assertThat(relay.faults()).isEqualTo(500);
    }

    @Test
    void noticesEachChangedBitOfWhatItSends() throws Exception {
        Random random = new Random(43);
        for (int i = 0; i < 500; i++) {
            byte[] bytes = MadeBlob.bytes(4_096 + random.nextInt(i % 10 == 0 ? 300_000 : 10_000), i);
            String key = "sent-" + i;
            relay.play(FaultScript.on("PUT", new Flip(Direction.REQUEST, random.nextLong(bytes.length * 8L))));

            assertKind(() -> store.putIfAbsent(key, MadeBlob.of(bytes)), Kind.CORRUPT);

            assertThat(direct.head(key)).isEmpty();
        }
        assertThat(relay.faults()).isEqualTo(500);
    }

    @ParameterizedTest
    @ValueSource(ints = {4_096, 300_000, 6 << 20})
    void findsItsOwnBlobAgainAfterAnErrorThatCameAfterTheWork(int size) throws Exception {
        byte[] bytes = MadeBlob.bytes(size, 5);
        relay.play(
                FaultScript.first(1, request -> !request.method().equals("HEAD"), Fault.INTERNAL_ERROR_AFTER_THE_WORK));

        assertKind(() -> store.putIfAbsent("blob", MadeBlob.of(bytes)), Kind.SERVER_ERROR);
        PutResult again = store.putIfAbsent("blob", MadeBlob.of(bytes));

        assertThat(again.effect()).isIn(Effect.SAME, Effect.CREATED);
        assertThat(bytesOf(direct, "blob")).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 2_000})
    void waitsNoLongerThanTheReadTimeOut(int after) throws Exception {
        direct.putIfAbsent("blob", MadeBlob.of(MadeBlob.bytes(300_000, 1)));
        relay.play(FaultScript.on("GET", new Stall(Direction.RESPONSE, after, Duration.ofSeconds(20))));

        long begin = System.nanoTime();
        assertThat(readOrFail("blob")).isEmpty();

        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .isBetween(READ_TIMEOUT.minusMillis(100), Duration.ofSeconds(8));
    }

    @Test
    void saysThatTheEndpointIsUnreachableWhereRequestsDisappear() {
        relay.play(request -> Fault.BLACK_HOLE);

        assertKind(() -> store.open("blob"), Kind.UNREACHABLE);
        assertKind(() -> store.head("blob"), Kind.UNREACHABLE);
        assertKind(() -> store.list(""), Kind.UNREACHABLE);
        assertKind(() -> store.putIfAbsent("blob", MadeBlob.of(new byte[10])), Kind.UNREACHABLE);
    }

    @Test
    void tellsAThrottledEndpointFromABrokenOne() {
        relay.play(request -> Fault.SLOW_DOWN);
        assertKind(() -> store.open("blob"), Kind.THROTTLED);
        assertKind(() -> store.head("blob"), Kind.THROTTLED);
        assertKind(() -> store.list(""), Kind.THROTTLED);
        assertKind(() -> store.delete("blob"), Kind.THROTTLED);
        assertKind(() -> store.putIfAbsent("blob", MadeBlob.of(new byte[10])), Kind.THROTTLED);

        relay.play(request -> Fault.INTERNAL_ERROR);
        assertKind(() -> store.open("blob"), Kind.SERVER_ERROR);
        assertKind(() -> store.list(""), Kind.SERVER_ERROR);
        assertKind(() -> store.putIfAbsent("blob", MadeBlob.of(new byte[10])), Kind.SERVER_ERROR);
    }

    /** What a reader of the blob sees: all its bytes, or a failure of one kind or another. */
    private Optional<byte[]> readOrFail(String key) throws InterruptedException {
        try (StoredBlob blob = store.open(key).orElseThrow()) {
            byte[] bytes = blob.body().readAllBytes();
            return bytes.length == blob.info().length() ? Optional.of(bytes) : Optional.empty();
        } catch (EndpointException | IOException e) {
            return Optional.empty();
        }
    }

    private static byte[] bytesOf(BlobStore from, String key) throws Exception {
        try (StoredBlob blob = from.open(key).orElseThrow()) {
            return blob.body().readAllBytes();
        }
    }

    private S3BlobStore open(String url, Duration readTimeout) throws Exception {
        S3Settings settings = S3Settings.of(url, server.accessKey(), new Secret(server.secretKey()), BUCKET)
                .withTimeouts(Duration.ofSeconds(2), readTimeout);
        S3BlobStore opened = S3BlobStore.open(settings, S3Tuning.DEFAULT.withPartBytes(S3Tuning.MIN_PART_BYTES));
        opened.probeTarget();
        return opened;
    }

    private static void assertKind(ThrowingCallable call, Kind... kinds) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        EndpointException.class,
                        e -> assertThat(Arrays.asList(kinds)).contains(e.kind()));
    }
}
