package org.cchq.migrate.store.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.store.blob.PutResult.Effect;
import org.cchq.migrate.testing.Fault;
import org.cchq.migrate.testing.Fault.Cut;
import org.cchq.migrate.testing.Fault.Direction;
import org.cchq.migrate.testing.Fault.Manner;
import org.cchq.migrate.testing.FaultRelay;
import org.cchq.migrate.testing.FaultScript;
import org.cchq.migrate.testing.MadeBlob;
import org.cchq.migrate.testing.S3ProxyServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A large blob between two real servers whose requests fail: what is sent and read again, and what is left behind. */
class ResumedUploadIT {
    private static final String BUCKET = "blobdb";
    private static final int PART = (int) S3Tuning.MIN_PART_BYTES;
    private static final byte[] BYTES = MadeBlob.bytes(6 * PART - 1_000, 11);

    @TempDir
    Path directory;

    private S3ProxyServer oldServer;
    private S3ProxyServer newServer;
    private FaultRelay old;
    private FaultRelay target;
    private S3BlobStore from;
    private S3BlobStore to;
    /** What the target saw of each part, and of the rest. */
    private final Map<String, Integer> sent = new HashMap<>();

    private final List<String> ranges = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void start() throws Exception {
        oldServer = S3ProxyServer.start(BUCKET);
        newServer = S3ProxyServer.start(BUCKET);
        old = FaultRelay.start(oldServer.port());
        target = FaultRelay.start(newServer.port());
        from = open(old, oldServer);
        to = open(target, newServer);
        store(BYTES);
        old.play(watched(FaultScript.HEALTHY));
        target.play(counted(FaultScript.HEALTHY));
    }

    @AfterEach
    void stop() throws Exception {
        to.close();
        from.close();
        target.close();
        old.close();
        newServer.close();
        oldServer.close();
    }

    @Test
    void eachPartMayFailOnce() throws Exception {
        Set<String> failed = ConcurrentHashMap.newKeySet();
        target.play(
                counted(request -> isPart(request) && failed.add(part(request)) ? Fault.INTERNAL_ERROR : Fault.NONE));

        List<EndpointException> failures = untilCreated();

        assertThat(failures).extracting(EndpointException::reached).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(bytesAtTarget()).isEqualTo(BYTES);
        for (int part = 1; part <= 6; part++) {
            assertThat(sent).containsEntry("part " + part, 2);
        }
        // Each attempt but the first two begins to read where the target has the bytes before.
        assertThat(ranges)
                .filteredOn(range -> !range.isEmpty())
                .containsExactly(from(1), from(2), from(3), from(4), from(5));
        assertThat(unfinished()).isZero();
    }

    @Test
    void aSourceThatBreaksOffIsReadFromTheLastGoodPart() throws Exception {
        old.play(watched(FaultScript.first(
                1,
                request -> request.method().equals("GET"),
                new Cut(Direction.RESPONSE, 3L * PART + PART / 2, Manner.FIN))));

        List<EndpointException> failures = untilCreated();

        assertThat(failures).extracting(EndpointException::reached).containsExactly(4L);
        assertThat(ranges).containsExactly("", "", from(3));
        assertThat(sent).containsEntry("part 1", 1).containsEntry("part 3", 1).containsEntry("part 5", 1);
        assertThat(bytesAtTarget()).isEqualTo(BYTES);
        assertThat(unfinished()).isZero();
    }

    @Test
    void aCompletionWhoseAnswerIsLostCountsAsCreated() throws Exception {
        target.play(counted(FaultScript.first(
                1,
                request -> request.method().equals("POST") && request.target().contains("uploadId="),
                Fault.INTERNAL_ERROR_AFTER_THE_WORK)));

        List<EndpointException> failures = untilCreated();

        assertThat(failures).hasSize(1);
        assertThat(sent).containsEntry("part 6", 1);
        assertThat(bytesAtTarget()).isEqualTo(BYTES);
        assertThat(unfinished()).isZero();
    }

    @Test
    void aLookAfterTheCompletionThatFailsCountsAsCreated() throws Exception {
        target.play(counted(request -> request.method().equals("HEAD") && sent.getOrDefault("HEAD", 0) == 2
                ? Fault.INTERNAL_ERROR
                : Fault.NONE));

        assertThat(untilCreated()).hasSize(1);

        assertThat(sent).containsEntry("part 6", 1);
        assertThat(unfinished()).isZero();
    }

    /** 500 after the work, then 412, then 500 to the look at it: the third attempt looks first, and sends nothing. */
    @Test
    void aSmallBlobThatIsKnownToBeThereIsLookedAtFirst() throws Exception {
        byte[] small = MadeBlob.bytes(5_000, 1);
        FaultScript lost =
                FaultScript.first(1, request -> request.method().equals("PUT"), Fault.INTERNAL_ERROR_AFTER_THE_WORK);
        FaultScript unseen = FaultScript.first(1, request -> request.method().equals("HEAD"), Fault.INTERNAL_ERROR);
        target.play(
                counted(request -> request.method().equals("PUT") ? lost.faultFor(request) : unseen.faultFor(request)));
        assertThatThrownBy(() -> to.putIfAbsent("small", MadeBlob.of(small))).isInstanceOf(EndpointException.class);

        assertThatThrownBy(() -> to.putIfAbsent("small", MadeBlob.of(small)))
                .isInstanceOfSatisfying(
                        EndpointException.class, e -> assertThat(e.reached()).isEqualTo(1));
        assertThat(to.putIfAbsent("small", MadeBlob.of(small)).effect()).isEqualTo(Effect.SAME);

        assertThat(sent).isEqualTo(Map.of("PUT", 2, "HEAD", 2));
    }

    @Test
    void anUploadThatVanishedIsBegunAnew() throws Exception {
        target.play(counted(request -> part(request).equals("part 3") && sent.getOrDefault("part 3", 0) == 1
                ? new Fault.Answer(404, "NoSuchUpload")
                : Fault.NONE));

        assertThat(untilCreated()).hasSize(1);

        assertThat(sent).containsEntry("part 1", 2).containsEntry("part 4", 1);
        assertThat(bytesAtTarget()).isEqualTo(BYTES);
    }

    @Test
    void anotherBlobAtTheKeyIsBegunAnewAndTheOldUploadIsAborted() throws Exception {
        target.play(counted(FaultScript.first(1, request -> part(request).equals("part 4"), Fault.INTERNAL_ERROR)));
        assertThatThrownBy(this::attempt).isInstanceOf(EndpointException.class);
        byte[] other = MadeBlob.bytes(BYTES.length, 12);
        from.delete("large");
        store(other);

        assertThat(untilCreated()).isEmpty();

        assertThat(sent).containsEntry("part 1", 2);
        assertThat(bytesAtTarget()).isEqualTo(other);
        assertThat(unfinished()).isZero();
    }

    @Test
    void whatNobodyGoesOnWithIsAborted() throws Exception {
        target.play(counted(request -> part(request).equals("part 3") ? Fault.INTERNAL_ERROR : Fault.NONE));
        assertThatThrownBy(this::attempt).isInstanceOf(EndpointException.class);
        assertThat(unfinished()).isEqualTo(1);

        to.forget("large");

        assertThat(unfinished()).isZero();
        assertThatThrownBy(this::attempt).isInstanceOf(EndpointException.class);
        assertThat(unfinished()).isEqualTo(1);

        to.close();

        assertThat(unfinished()).isZero();
    }

    @Test
    void whatAKilledProcessLeftIsAbortedAndNothingElse() throws Exception {
        Path journal = directory.resolve("uploads");
        Files.writeString(
                journal, "{\"begun\": \"elsewhere\", \"key\": \"k\", \"target\": \"s3 http://x bucket b\"}\n");
        // The second is the site's, or another run's: not in this journal.
        try (S3BlobStore next = open(target, newServer);
                S3BlobStore somebody = open(target, newServer);
                StoredBlob blob = from.open("large").orElseThrow()) {
            to.journalUploads(journal);
            target.play(request -> part(request).equals("part 3") ? Fault.INTERNAL_ERROR : Fault.NONE);
            assertThatThrownBy(this::attempt).isInstanceOf(EndpointException.class);
            assertThatThrownBy(() -> somebody.putIfAbsent("theirs", blob)).isInstanceOf(EndpointException.class);
            assertThat(unfinished()).isEqualTo(2);
            String left = Files.readString(journal);

            target.play(request -> request.method().equals("DELETE") ? Fault.INTERNAL_ERROR : Fault.NONE);
            next.journalUploads(journal);
            assertThat(unfinished()).isEqualTo(2);
            assertThat(Files.readString(journal))
                    .as("kept, since it could not be aborted")
                    .isEqualTo(left);

            target.play(FaultScript.HEALTHY);
            next.journalUploads(journal);
            next.close();
            assertThat(newServer.blobs().listMultipartUploads(BUCKET))
                    .singleElement()
                    .satisfies(upload -> assertThat(upload.key()).isEqualTo("theirs"));
            assertThat(Files.readAllLines(journal)).singleElement().asString().contains("elsewhere");
        }
    }

    /** As often as it is worth another attempt; the failures before it was stored. */
    private List<EndpointException> untilCreated() throws Exception {
        List<EndpointException> failures = new ArrayList<>();
        while (failures.size() < 10) {
            try {
                assertThat(attempt().effect()).isEqualTo(Effect.CREATED);
                return failures;
            } catch (EndpointException e) {
                assertThat(e.retryable()).as(e.getMessage()).isTrue();
                assertThat(e.kind()).isNotEqualTo(Kind.UNUSABLE);
                failures.add(e);
            }
        }
        throw failures.get(0);
    }

    private PutResult attempt() throws Exception {
        try (StoredBlob blob = from.open("large").orElseThrow()) {
            return to.putIfAbsent("large", blob);
        }
    }

    private void store(byte[] bytes) throws Exception {
        try (S3BlobStore direct = open(old, oldServer)) {
            direct.putIfAbsent("large", MadeBlob.of(bytes));
        }
    }

    private byte[] bytesAtTarget() throws Exception {
        try (StoredBlob blob = to.open("large").orElseThrow()) {
            return blob.body().readAllBytes();
        }
    }

    private int unfinished() {
        return newServer.blobs().listMultipartUploads(BUCKET).size();
    }

    private FaultScript counted(FaultScript script) {
        return request -> {
            synchronized (sent) {
                sent.merge(isPart(request) ? part(request) : request.method(), 1, Integer::sum);
                return script.faultFor(request);
            }
        };
    }

    private FaultScript watched(FaultScript script) {
        return request -> {
            if (request.method().equals("GET")) {
                ranges.add(request.range());
            }
            return script.faultFor(request);
        };
    }

    private static boolean isPart(FaultScript.Request request) {
        return request.method().equals("PUT") && request.target().contains("partNumber=");
    }

    private static String part(FaultScript.Request request) {
        return isPart(request) ? request.target().replaceAll(".*partNumber=(\\d+).*", "part $1") : "";
    }

    private static String from(int part) {
        return "bytes=" + (long) part * PART + "-";
    }

    private static S3BlobStore open(FaultRelay relay, S3ProxyServer server) throws Exception {
        S3Settings settings = S3Settings.of(relay.url(), server.accessKey(), new Secret(server.secretKey()), BUCKET)
                .withTimeouts(Duration.ofSeconds(2), Duration.ofSeconds(5));
        S3BlobStore opened = S3BlobStore.open(settings, S3Tuning.DEFAULT.withPartBytes(PART));
        relay.play(FaultScript.HEALTHY);
        opened.probeTarget();
        return opened;
    }
}
