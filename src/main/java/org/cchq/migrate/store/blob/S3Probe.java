package org.cchq.migrate.store.blob;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.EndpointPatience;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.http.HttpUpload;

/**
 * Finds out what an endpoint can do, and that the account may do it, before anything depends on it. A request that a busy
 * endpoint refuses is sent again; an endpoint that cannot be connected to is not waited for: its address may be wrong.
 */
final class S3Probe {
    /** The answer of servers that do not know a condition; asking again would not teach them. */
    private static final int NOT_IMPLEMENTED = 501;

    private static final String CANARY = MarkerKey.PREFIX;
    private static final Pattern CANARY_KEY = Pattern.compile(CANARY + "([0-9a-f]{8})-[0-9a-f]{16}(-[a-z]+)?");
    /** No probe takes this long, and no two clocks should differ by it. */
    private static final Duration CANARY_LIFE = Duration.ofHours(1);

    private final S3Objects objects;
    private final S3Control control;
    private final BodySender sender;
    private final S3Failures failures;
    private final S3Tuning tuning;
    private final EndpointPatience patience = new EndpointPatience(Sleeper.SYSTEM, S3Probe::worthAnotherAttempt);

    S3Probe(S3Objects objects, S3Control control, BodySender sender, S3Failures failures, S3Tuning tuning) {
        this.objects = objects;
        this.control = control;
        this.sender = sender;
        this.failures = failures;
        this.tuning = tuning;
    }

    private static boolean worthAnotherAttempt(EndpointException e) {
        return e.retryable()
                && !(e.getCause() instanceof ConnectException || e.getCause() instanceof UnknownHostException);
    }

    /** Lists, and asks for a key that cannot be there. */
    void source() throws EndpointException, InterruptedException {
        patience.ask(() -> control.list(""));
        absent(canaryKey());
    }

    /** Writes a canary twice, an empty one once, reads back what they are, and removes them, and those left by others. */
    Capabilities target() throws EndpointException, InterruptedException {
        removeLeftCanaries();
        String key = canaryKey();
        absent(key);
        try {
            return canary(key);
        } catch (EndpointException | InterruptedException e) {
            try {
                objects.delete(key);
            } catch (EndpointException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    private Capabilities canary(String key) throws EndpointException, InterruptedException {
        byte[] first = "cchq-migrate was here".getBytes(StandardCharsets.US_ASCII);
        byte[] second = "and must not replace".getBytes(StandardCharsets.US_ASCII);
        S3Answer created = put(key, first, false);
        if (!created.stored()) {
            throw failures.of("PUT the canary " + key, created);
        }
        boolean etagIsMd5 = created.etag().equalsIgnoreCase(md5Hex(first));
        lengthIs(key, first.length);
        S3Answer again = put(key, second, true);
        boolean conditional = again.exists();
        if (conditional) {
            lengthIs(key, first.length);
        }
        signingNeeded(key + "-streamed", first);
        empty(key + "-empty");
        boolean checksContentMd5 = refusesWrongMd5(key + "-digest", first, second);
        long largestPut = largestPut(key + "-large");
        remove(key);
        return new Capabilities(conditional, etagIsMd5, checksContentMd5, largestPut);
    }

    private void absent(String key) throws EndpointException, InterruptedException {
        if (head(key).isPresent()) {
            throw failures.failure(
                    Kind.UNUSABLE,
                    "HEAD the missing key " + key,
                    "it says that it is there; is this an S3 endpoint?",
                    null);
        }
    }

    private void lengthIs(String key, long length) throws EndpointException, InterruptedException {
        Optional<BlobInfo> there = head(key);
        if (there.isEmpty() || there.get().length() != length) {
            throw failures.failure(
                    Kind.UNUSABLE,
                    "read back the canary " + key,
                    "it has " + there.map(info -> info.length() + " bytes").orElse("nothing") + " where " + length
                            + " bytes were stored; this server cannot be trusted with blobs",
                    null);
        }
    }

    private void empty(String key) throws EndpointException, InterruptedException {
        try {
            S3Answer answer = put(key, new byte[0], false);
            if (!answer.stored()) {
                throw failures.of("PUT the empty canary " + key, answer);
            }
            lengthIs(key, 0);
        } finally {
            remove(key);
        }
    }

    /** Tries a body that is not signed, as blobs are sent over plain HTTP. */
    private void signingNeeded(String key, byte[] body) throws EndpointException, InterruptedException {
        if (!objects.signsPayload() || objects.tls()) {
            return;
        }
        try {
            if (patience.ask(() -> stream(key, body, md5(body))).stored()) {
                lengthIs(key, body.length);
            } else {
                sender.signBodies();
            }
        } finally {
            remove(key);
        }
    }

    /** Sends a body with the checksum of another: whether it is refused as that, and not there. */
    private boolean refusesWrongMd5(String key, byte[] body, byte[] other)
            throws EndpointException, InterruptedException {
        boolean signed = sender.mustSign();
        try {
            S3Answer answer = patience.ask(() -> signed
                    ? objects.put(key, body, body.length, md5(other), true, false)
                    : stream(key, body, md5(other)));
            return answer.badDigest() && head(key).isEmpty();
        } finally {
            patience.ask(() -> objects.delete(key));
        }
    }

    /**
     * Announces a large body and sends nothing of it. "100 Continue" says that it would be let in; a proxy with a limit
     * answers 413 at once; who says nothing at all is not asked for more than parts. An announced body that never comes
     * is stored nowhere.
     */
    private long largestPut(String key) throws EndpointException, InterruptedException {
        if (tuning.singleBytes() <= tuning.partBytes() || sender.mustSign()) {
            return 0;
        }
        try (HttpUpload upload = objects.begin(key, "", tuning.singleBytes(), "", false)) {
            return upload.invited() ? tuning.singleBytes() : 0;
        } catch (EndpointException e) {
            // A connection that is cut is an answer, too.
            return 0;
        }
    }

    private S3Answer stream(String key, byte[] body, String contentMd5) throws EndpointException, InterruptedException {
        try (HttpUpload upload = objects.begin(key, "", body.length, contentMd5, false)) {
            if (!upload.refused()) {
                objects.write(upload, body, body.length);
            }
            String doing = "PUT the streamed canary " + key;
            S3Answer answer = objects.finish(upload, doing);
            if (!answer.stored()) {
                EndpointException refusal = failures.of(doing, answer);
                if (refusal.kind() == Kind.THROTTLED) {
                    throw refusal;
                }
            }
            return answer;
        }
    }

    private S3Answer put(String key, byte[] body, boolean ifAbsent) throws EndpointException, InterruptedException {
        return patience.ask(() -> {
            S3Answer answer = objects.put(key, body, body.length, md5(body), true, ifAbsent);
            if (!answer.stored() && !answer.exists() && answer.status() != NOT_IMPLEMENTED) {
                EndpointException refusal = failures.of("PUT the canary " + key, answer);
                if (refusal.retryable()) {
                    throw refusal;
                }
            }
            return answer;
        });
    }

    private Optional<BlobInfo> head(String key) throws EndpointException, InterruptedException {
        return patience.ask(() -> objects.head(key));
    }

    private void remove(String key) throws EndpointException, InterruptedException {
        patience.ask(() -> objects.delete(key));
        if (head(key).isPresent()) {
            throw failures.failure(
                    Kind.UNUSABLE, "DELETE the canary " + key, "it is still there; the account may not delete", null);
        }
    }

    private static String md5(byte[] bytes) {
        return Base64.getEncoder().encodeToString(Md5.digest().digest(bytes));
    }

    private static String md5Hex(byte[] bytes) {
        return HexFormat.of().formatHex(Md5.digest().digest(bytes));
    }

    /** Legal for HQ, and tells when it was made: {@code cchq-migrate-probe-<hex seconds>-<random hex>}. */
    private static String canaryKey() {
        byte[] random = new byte[8];
        new SecureRandom().nextBytes(random);
        return CANARY + Long.toHexString(Instant.now().getEpochSecond()) + "-"
                + HexFormat.of().formatHex(random);
    }

    /** Canaries of processes that were killed while they probed; not those of one that may be probing now. */
    private void removeLeftCanaries() throws EndpointException, InterruptedException {
        long before = Instant.now().minus(CANARY_LIFE).getEpochSecond();
        for (BlobPage.Entry entry : patience.ask(() -> control.list(CANARY)).entries()) {
            Matcher canary = CANARY_KEY.matcher(entry.key());
            if ((canary.matches() && Long.parseLong(canary.group(1), 16) < before)
                    || MarkerKey.madeAt(entry.key())
                            .filter(at -> at.getEpochSecond() < before)
                            .isPresent()) {
                remove(entry.key());
            }
        }
    }
}
