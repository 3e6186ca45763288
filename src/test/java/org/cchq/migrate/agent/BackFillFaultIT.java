package org.cchq.migrate.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.cchq.migrate.engine.RetryPolicy;
import org.cchq.migrate.testing.BlobSite;
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
import org.junit.jupiter.api.io.TempDir;

/** The agent's whole program against real servers behind a network that makes faults. */
class BackFillFaultIT {
    private static final int BLOBS = 80;
    private static final RetryPolicy SOON =
            new RetryPolicy(6, Duration.ofMillis(20), Duration.ofMillis(300), Duration.ofMinutes(1));

    @TempDir
    Path directory;

    private BlobSite site;
    private FaultRelay old;
    private FaultRelay target;
    private final Map<String, byte[]> blobs = new LinkedHashMap<>();

    @BeforeEach
    void start() throws Exception {
        site = BlobSite.start(directory);
        site.retry(SOON);
        old = FaultRelay.start(site.oldServer().port());
        target = FaultRelay.start(site.newServer().port());
    }

    @AfterEach
    void stop() throws Exception {
        target.close();
        old.close();
        site.close();
    }

    @Test
    void waitsWhereEveryThirdRequestIsTooMany() throws Exception {
        add(BLOBS);
        old.play(FaultScript.sometimes(0.3, 1, Fault.SLOW_DOWN));
        target.play(FaultScript.sometimes(0.3, 2, Fault.SLOW_DOWN));

        BlobSite.Run run = site.backFill(throughRelays());

        assertWhole(run);
        assertThat(old.faults() + target.faults()).isGreaterThan(BLOBS / 4);
        // A copy is one GET and one PUT; a refused PUT costs both again: about three of each with this many refusals.
        assertThat(old.requests() + target.requests()).isLessThan(8 * BLOBS);
    }

    @Test
    void oneBlobThatIsAlwaysTooManyFailsAndTheNextRunTriesItAgain() throws Exception {
        // One key that was answered with 503 for ever made every run wait for its whole patience and end with 3.
        add(BLOBS);
        String stuck = blobs.keySet().iterator().next();
        target.play(
                request -> isObject(request) && request.target().endsWith("/" + stuck) ? Fault.SLOW_DOWN : Fault.NONE);

        BlobSite.Run run = site.backFill(throughRelays());

        assertThat(run.exit()).as(run.out() + run.err()).isEqualTo(4);
        assertThat(run.count("copied")).isEqualTo(BLOBS - 1);
        assertThat(run.count("failed")).isEqualTo(1);

        assertThat(site.backFill(throughRelays()).exit())
                .as("a second start tries it again")
                .isEqualTo(4);
        target.play(FaultScript.HEALTHY);
        assertWhole(site.backFill(throughRelays()));
    }

    @Test
    void waitsForStoresThatAreBothOverloadedForAWhile() throws Exception {
        add(BLOBS);
        AtomicInteger gets = new AtomicInteger();
        long[] until = {Long.MAX_VALUE};
        Duration outage = Duration.ofSeconds(4);
        FaultScript overloaded = request -> {
            synchronized (until) {
                if (isObject(request) && gets.incrementAndGet() == BLOBS / 2) {
                    until[0] = System.nanoTime() + outage.toNanos();
                }
                return until[0] != Long.MAX_VALUE && System.nanoTime() < until[0] ? Fault.SLOW_DOWN : Fault.NONE;
            }
        };
        old.play(overloaded);
        target.play(overloaded);

        BlobSite.Run run = site.backFill(throughRelays());

        assertWhole(run);
        assertThat(old.faults() + target.faults()).isPositive();
    }

    @Test
    void waitsForAStoreThatIsOverloadedWhenTheRunBegins() throws Exception {
        add(3);
        long until = System.nanoTime() + Duration.ofSeconds(3).toNanos();
        FaultScript overloaded = request -> System.nanoTime() < until ? Fault.SLOW_DOWN : Fault.NONE;
        old.play(overloaded);
        target.play(overloaded);

        assertWhole(site.backFill(throughRelays()));
    }

    @Test
    void copiesEachBitWhereConnectionsBreakInTheMiddleOfBodies() throws Exception {
        add(BLOBS);
        addLarge();
        old.play(sometimesOnObjects("GET", 3, random -> cut(Direction.RESPONSE, random)));
        target.play(sometimesOnObjects("PUT", 4, random -> cut(Direction.REQUEST, random)));

        BlobSite.Run run = site.backFill(throughRelays(), "--part-size=5");

        assertWhole(run);
        assertThat(old.faults()).isPositive();
        assertThat(target.faults()).isPositive();
    }

    @Test
    void copiesEachBitWhereBitsAreChangedOnTheWay() throws Exception {
        add(BLOBS);
        old.play(sometimesOnObjects("GET", 5, random -> new Flip(Direction.RESPONSE, random.nextInt(4_000))));
        target.play(sometimesOnObjects("PUT", 6, random -> new Flip(Direction.REQUEST, random.nextInt(4_000))));

        BlobSite.Run run = site.backFill(throughRelays());

        assertWhole(run);
        assertThat(old.faults()).isPositive();
        assertThat(target.faults()).isPositive();
    }

    @Test
    void noticesAChangedBitOfABlobInParts() throws Exception {
        add(3);
        addLarge();
        old.play(FaultScript.first(
                3,
                request -> request.target().endsWith("/form/large")
                        && request.method().equals("GET"),
                new Flip(Direction.RESPONSE, 50_000_000)));
        target.play(FaultScript.first(
                2,
                request -> request.target().contains("/form/large?partNumber")
                        && request.method().equals("PUT"),
                new Flip(Direction.REQUEST, 12_345_678)));

        BlobSite.Run run = site.backFill(throughRelays(), "--part-size=5");

        assertWhole(run);
        assertThat(old.faults()).isEqualTo(3);
        assertThat(target.faults()).isEqualTo(2);
    }

    @Test
    void countsABlobOnceWhereTheStoreKeptItAndSaidOtherwise() throws Exception {
        add(BLOBS);
        addLarge();
        target.play(request -> isObject(request) && !request.method().equals("GET") && request.number() % 5 == 0
                ? Fault.INTERNAL_ERROR_AFTER_THE_WORK
                : Fault.NONE);

        BlobSite.Run run = site.backFill(throughRelays(), "--part-size=5");

        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        assertThat(run.count("copied") + run.count("already_there")).isEqualTo(blobs.size());
        assertThat(run.count("enumerated")).isEqualTo(blobs.size());
        assertAllThere();
        assertThat(target.faults()).isPositive();
    }

    @Test
    void othersGoOnWhileSomeRequestsHang() throws Exception {
        add(BLOBS);
        FaultScript hanging = FaultScript.first(
                3,
                request -> request.target().contains("form/1"),
                new Stall(Direction.RESPONSE, 0, Duration.ofMinutes(1)));
        old.play(hanging);
        target.play(FaultScript.first(3, BackFillFaultIT::isBlob, Fault.BLACK_HOLE));

        long begun = System.nanoTime();
        BlobSite.Run run = site.backFill(throughRelays());

        assertWhole(run);
        assertThat(target.faults()).isEqualTo(3);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(45));
    }

    @Test
    void refusesToBeginWhereTheTargetCannotBeReached() throws Exception {
        add(2);
        String gone;
        try (FaultRelay relay = FaultRelay.start(site.newServer().port())) {
            gone = relay.url();
        }
        Map<String, Object> settings = throughRelays();
        settings.put("S3_BLOB_DB_SETTINGS", BlobSite.s3(gone, site.newServer()));

        assertRefused(site.backFill(settings), gone, "no connection could be made");
    }

    @Test
    void refusesToBeginWhereTheSourcesBucketIsMissing() throws Exception {
        add(2);
        Map<String, Object> settings = throughRelays();
        settings.put("OLD_S3_BLOB_DB_SETTINGS", with(settings.get("OLD_S3_BLOB_DB_SETTINGS"), "s3_bucket", "absent"));

        assertRefused(site.backFill(settings), old.url(), "NoSuchBucket", "check s3_bucket, or create the bucket");
    }

    @Test
    void refusesToBeginWithAWrongSecret() throws Exception {
        add(2);
        Map<String, Object> settings = throughRelays();
        settings.put("OLD_S3_BLOB_DB_SETTINGS", with(settings.get("OLD_S3_BLOB_DB_SETTINGS"), "secret_key", "wrong"));

        assertRefused(site.backFill(settings), old.url(), "SignatureDoesNotMatch", "check secret_key");
    }

    @Test
    void aBlobThatAlwaysFailsIsTriedAgainByTheSameCommand() throws Exception {
        add(20);
        addOne("zz-broken");
        add(20);
        old.play(request -> request.target().endsWith("/zz-broken") ? Fault.INTERNAL_ERROR : Fault.NONE);

        BlobSite.Run broken = site.backFill(throughRelays(), "--chunk-size=21");

        assertThat(broken.exit()).as(broken.out() + broken.err()).isEqualTo(4);
        assertThat(broken.count("failed")).isEqualTo(1);
        assertThat(broken.count("copied")).isEqualTo(40);
        assertThat(broken.count("missing_on_source")).isZero();
        assertThat(Files.readAllLines(site.logs().get(0)))
                .singleElement()
                .asString()
                .contains("\"blob_key\": \"zz-broken\"", "\"error\": \"too many retries\"");
        assertThat(states()).isEqualTo("0");

        old.play(FaultScript.HEALTHY);
        BlobSite.Run again = site.backFill(throughRelays(), "--chunk-size=21");

        assertThat(again.exit()).as(again.out() + again.err()).isZero();
        assertThat(again.count("failed")).isZero();
        assertThat(again.count("copied")).isEqualTo(41);
        assertThat(again.count("enumerated")).isEqualTo(41);
        assertThat(states()).isEqualTo("1");
        assertAllThere();
    }

    @Test
    void aForbiddenBlobIsDeniedAndNeverMissing() throws Exception {
        add(20);
        addOne("secret");
        old.play(request -> request.target().endsWith("/secret") ? new Fault.Answer(403, "AccessDenied") : Fault.NONE);

        BlobSite.Run run = site.backFill(throughRelays());

        assertThat(run.exit()).as(run.out() + run.err()).isEqualTo(4);
        assertThat(run.count("denied")).isEqualTo(1);
        assertThat(run.count("missing_on_source")).isZero();
        assertThat(run.count("copied")).isEqualTo(20);
        assertThat(Files.readAllLines(site.logs().get(0)))
                .singleElement()
                .asString()
                .contains("\"blob_key\": \"secret\"", "\"error\": \"denied\"");
        assertThat(states()).isEqualTo("0");
    }

    @Test
    void aSecondRunCopiesExactlyWhatIsNew() throws Exception {
        add(20);
        assertWhole(site.backFill(throughRelays()));
        add(5);
        AtomicInteger reads = new AtomicInteger();
        AtomicInteger writes = new AtomicInteger();
        old.play(request -> {
            reads.addAndGet(isBlob(request) ? 1 : 0);
            return Fault.NONE;
        });
        target.play(request -> {
            writes.addAndGet(isBlob(request) ? 1 : 0);
            return Fault.NONE;
        });

        BlobSite.Run run = site.backFill(throughRelays());

        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        assertThat(run.count("copied")).isEqualTo(5);
        assertThat(run.count("already_there")).isEqualTo(20);
        assertThat(reads.get()).isEqualTo(5);
        assertThat(writes.get()).isEqualTo(5);
        assertAllThere();
    }

    /** Keys are "form/NUMBER". */
    @Test
    void aFormThatTheSiteCompressesWhileItIsCopiedIsNoDifference() throws Exception {
        // HQ writes the compressed form under the same key, to the new store alone, and then its length to the row.
        site.add("p1", "form/xml", MadeBlob.bytes(100, 1));
        byte[] compressed = MadeBlob.bytes(40, 2);
        old.play(request -> {
            if (request.method().equals("GET") && request.target().endsWith("/form/xml")) {
                assertThatCode(() -> {
                            BlobSite.put(site.newServer(), "form/xml", compressed);
                            site.postgres().execute("p1", "UPDATE blobs_blobmeta SET compressed_length = 40");
                        })
                        .doesNotThrowAnyException();
            }
            return Fault.NONE;
        });

        BlobSite.Run run = site.backFill(throughRelays());

        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        assertThat(run.count("already_there")).isEqualTo(1);
        assertThat(run.count("differs")).isZero();
        assertThat(BlobSite.get(site.newServer(), "form/xml")).contains(compressed);
    }

    private void add(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            addOne("form/" + blobs.size());
        }
    }

    private void addOne(String key) throws Exception {
        byte[] bytes = MadeBlob.bytes(500 + 97 * blobs.size(), blobs.size());
        site.add(BlobSite.SHARDS.get(blobs.size() % 2), key, bytes);
        blobs.put(key, bytes);
    }

    private void addLarge() throws Exception {
        byte[] bytes = MadeBlob.bytes(11 << 20, 7);
        site.add("p1", "form/large", bytes);
        blobs.put("form/large", bytes);
    }

    private Map<String, Object> throughRelays() {
        Map<String, Object> settings = site.settings();
        settings.put("OLD_S3_BLOB_DB_SETTINGS", s3(old, site.oldServer()));
        settings.put("S3_BLOB_DB_SETTINGS", s3(target, site.newServer()));
        return settings;
    }

    private static Map<String, Object> s3(FaultRelay relay, S3ProxyServer server) {
        return with(BlobSite.s3(relay.url(), server), "config", Map.of("signature_version", "s3v4", "read_timeout", 2));
    }

    private static Map<String, Object> with(Object settings, String key, Object value) {
        Map<String, Object> changed = new LinkedHashMap<>();
        ((Map<?, ?>) settings).forEach((name, old) -> changed.put(String.valueOf(name), old));
        changed.put(key, value);
        return changed;
    }

    private static boolean isObject(FaultScript.Request request) {
        return request.target().startsWith("/" + BlobSite.BUCKET + "/")
                && request.target().length() > BlobSite.BUCKET.length() + 2;
    }

    private static boolean isBlob(FaultScript.Request request) {
        return isObject(request) && !request.target().contains("/cchq-migrate-probe-");
    }

    private static FaultScript sometimesOnObjects(String method, long seed, Function<Random, Fault> fault) {
        Random random = new Random(seed);
        return request -> {
            synchronized (random) {
                return isBlob(request) && request.method().equals(method) && random.nextDouble() < 0.08
                        ? fault.apply(random)
                        : Fault.NONE;
            }
        };
    }

    private static Fault cut(Direction direction, Random random) {
        return new Cut(direction, random.nextInt(4_000), random.nextBoolean() ? Manner.FIN : Manner.RESET);
    }

    private void assertWhole(BlobSite.Run run) throws Exception {
        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        assertThat(run.count("failed")).isZero();
        assertThat(run.count("enumerated")).isEqualTo(blobs.size());
        assertThat(run.count("copied") + run.count("already_there")).isEqualTo(blobs.size());
        assertAllThere();
        assertThat(states()).isEqualTo("1");
    }

    private void assertAllThere() throws Exception {
        List<String> wrong = new ArrayList<>();
        for (var blob : blobs.entrySet()) {
            Optional<byte[]> there = BlobSite.get(site.newServer(), blob.getKey());
            if (there.isEmpty() || !java.util.Arrays.equals(there.get(), blob.getValue())) {
                wrong.add(blob.getKey());
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(BlobSite.list(site.newServer())).containsOnlyKeys(blobs.keySet());
    }

    private void assertRefused(BlobSite.Run run, String... said) throws Exception {
        assertThat(run.exit()).as(run.out() + run.err()).isEqualTo(3);
        assertThat(run.err()).contains(said);
        assertThat(BlobSite.list(site.newServer())).isEmpty();
        assertThat(states()).isEqualTo("0");
    }

    private String states() throws Exception {
        return site.postgres().text("commcarehq", "SELECT count(*) FROM blobs_blobmigrationstate");
    }
}
