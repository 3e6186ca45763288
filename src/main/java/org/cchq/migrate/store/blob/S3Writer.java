package org.cchq.migrate.store.blob;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.store.blob.PutResult.Effect;
import org.cchq.migrate.store.blob.PutResult.Verified;

/**
 * Stores blobs that are not there yet, and compares bytes end to end on the way: small ones in one write, larger ones
 * streamed with the last bytes held back until the source was found to be whole, the largest in parts. A target that
 * refuses bodies which are not what their {@code Content-MD5} says gets the source's MD5 as that with the larger ones: it
 * proves the bytes of both sides, nothing is computed here. Thread-safe.
 */
final class S3Writer {
    /** Up to this size a blob is read before a byte of it is sent. */
    static final int SMALL_BYTES = 256 * 1024;

    static final int MAX_PARTS = 10_000;

    private static final int BUFFER_BYTES = 256 * 1024;

    private final S3Objects objects;
    private final S3Control control;
    private final S3Tuning tuning;
    private final S3Failures failures;
    private final Supplier<Capabilities> capabilities;
    private final EtagMemory memory = new EtagMemory();
    private final ThreadLocal<byte[]> buffers = ThreadLocal.withInitial(() -> new byte[BUFFER_BYTES]);
    private volatile boolean signBodies;
    private volatile boolean conditionalComplete = true;
    private volatile long bodyLimit = Long.MAX_VALUE;

    S3Writer(
            S3Objects objects,
            S3Control control,
            S3Tuning tuning,
            S3Failures failures,
            Supplier<Capabilities> capabilities) {
        this.objects = objects;
        this.control = control;
        this.tuning = tuning;
        this.failures = failures;
        this.capabilities = capabilities;
    }

    PutResult putIfAbsent(String key, StoredBlob blob) throws EndpointException, InterruptedException {
        long length = blob.info().length();
        long partBytes = partBytes(blob.info());
        boolean inParts = partBytes > 0;
        SourceReader source = new SourceReader(
                key, blob, partBytes, tuning.partBytes(), !inParts && proves(key, blob.info()), memory, failures);
        if (!capabilities.get().conditionalPut() || length > tuning.partBytes()) {
            // Before a large upload even where it could be conditional: nobody wants to send gigabytes in vain.
            Optional<BlobInfo> there = objects.head(key);
            if (there.isPresent()) {
                return existing(there.get(), blob.info(), source);
            }
        }
        if (inParts) {
            return inParts(key, blob.info(), source, partBytes);
        }
        return length <= SMALL_BYTES || mustSign()
                ? whole(key, blob.info(), source)
                : streamed(key, blob.info(), source);
    }

    /** Whether the target compares the bytes of this blob with the source's MD5. */
    private boolean proves(String key, BlobInfo declared) throws EndpointException {
        return declared.length() > SMALL_BYTES
                && capabilities.get().checksContentMd5()
                && !mustSign()
                && EtagForm.of(declared.etag()) == EtagForm.MD5
                && memory.trusts(key, declared.etag());
    }

    /** The size of the parts in which to send a blob, 0 for one body. */
    private long partBytes(BlobInfo declared) throws EndpointException {
        long length = declared.length();
        if (length <= tuning.partBytes()) {
            return 0;
        }
        long hqParts = SourceReader.partsOf(length, SourceReader.HQ_PART_BYTES);
        if (EtagForm.parts(declared.etag()) == hqParts && SourceReader.HQ_PART_BYTES <= tuning.partBytes()) {
            // The same parts again: one checksum is both that of a part and a piece of the source's ETag.
            return SourceReader.HQ_PART_BYTES;
        }
        long single = Math.min(bodyLimit, Math.min(capabilities.get().largestPut(), tuning.singleBytes()));
        return length <= single && !mustSign() ? 0 : partBytes(length);
    }

    private long partBytes(long length) {
        long needed = (length + MAX_PARTS - 1) / MAX_PARTS;
        long mebibyte = 1L << 20;
        return Math.max(tuning.partBytes(), (needed + mebibyte - 1) / mebibyte * mebibyte);
    }

    private boolean mustSign() throws EndpointException {
        return signBodies && !objects.tls();
    }

    /** Whether bodies are signed, over plain HTTP. */
    boolean signsBodies() {
        return signBodies;
    }

    /** Remembers that this server wants bodies signed; over plain HTTP they are then held in memory to be sent. */
    void signBodies() {
        signBodies = true;
    }

    private PutResult whole(String key, BlobInfo declared, SourceReader source)
            throws EndpointException, InterruptedException {
        int length = (int) source.length();
        byte[] body = length <= BUFFER_BYTES ? buffers.get() : new byte[length];
        source.fill(body, length);
        Verified read = source.verify();
        String contentMd5 = Base64.getEncoder().encodeToString(source.md5());
        S3Answer answer =
                objects.put(key, body, length, contentMd5, capabilities.get().conditionalPut());
        return settle(key, declared, source, read, answer);
    }

    private PutResult streamed(String key, BlobInfo declared, SourceReader source)
            throws EndpointException, InterruptedException {
        boolean conditional = capabilities.get().conditionalPut();
        String contentMd5 = source.proven()
                ? Base64.getEncoder().encodeToString(HexFormat.of().parseHex(declared.etag()))
                : "";
        try (HttpUpload upload = objects.begin(key, "", source.length(), contentMd5, conditional)) {
            Verified read = send(upload, source, source.length(), Hold.UNTIL_VERIFIED);
            S3Answer answer = objects.finish(upload, "PUT key " + key);
            noteRefusal(key, answer);
            noteLimit(key, source.length(), answer);
            if (source.proven() && answer.badDigest()) {
                source.doubt();
                throw failures.corrupt(
                        "PUT key " + key,
                        "it got bytes that have not the checksum " + declared.etag() + ", which the source declares"
                                + " (the next attempt computes it on the way)");
            }
            return settle(key, declared, source, read, answer);
        }
    }

    /** Whether the end of a body waits until the whole source was found right. */
    private enum Hold {
        UNTIL_VERIFIED,
        NOTHING
    }

    /** Sends so many bytes, unless the server does not want them. */
    private Verified send(HttpUpload upload, SourceReader source, long bytes, Hold hold)
            throws EndpointException, InterruptedException {
        byte[] buffer = buffers.get();
        long left = bytes;
        Verified read = Verified.LENGTH;
        while (left > 0 && !upload.refused()) {
            int now = (int) Math.min(buffer.length, left);
            source.fill(buffer, now);
            left -= now;
            if (left == 0 && hold == Hold.UNTIL_VERIFIED) {
                read = source.verify();
            }
            objects.write(upload, buffer, now);
        }
        return read;
    }

    /** A server that refuses bodies it cannot check gets them signed from the next attempt on. */
    private void noteRefusal(String key, S3Answer answer) throws EndpointException {
        String code = answer.error().code();
        boolean unsignedRefused = code.equals("XAmzContentSHA256Mismatch")
                || code.equals("NotImplemented")
                || code.equals("SignatureDoesNotMatch")
                || code.equals("MissingSecurityHeader");
        if (unsignedRefused && !signBodies && objects.signsPayload()) {
            signBodies();
            throw failures.failure(
                    Kind.SERVER_ERROR,
                    "PUT key " + key,
                    "it does not take unsigned bodies (" + code + "); from now on they are signed",
                    null);
        }
    }

    /** A server that lets a request in and then finds its body too large gets parts from the next attempt on. */
    private void noteLimit(String key, long length, S3Answer answer) throws EndpointException {
        boolean tooLarge = answer.status() == 413 || answer.error().code().equals("EntityTooLarge");
        if (tooLarge && length > tuning.partBytes()) {
            bodyLimit = tuning.partBytes();
            throw failures.failure(
                    Kind.SERVER_ERROR,
                    "PUT key " + key,
                    "it does not take a body of " + length + " bytes; from now on they go in parts",
                    null);
        }
    }

    /** What the answer to a body in one piece means. */
    private PutResult settle(String key, BlobInfo declared, SourceReader source, Verified read, S3Answer answer)
            throws EndpointException, InterruptedException {
        if (answer.exists()) {
            return lostTheRace(key, declared, source);
        }
        if (!answer.stored()) {
            throw failures.of("PUT key " + key, answer);
        }
        String md5 = HexFormat.of().formatHex(source.md5());
        if (answer.etag().equalsIgnoreCase(md5)) {
            return new PutResult(Effect.CREATED, source.length(), bothSides(read));
        }
        if (capabilities.get().etagIsMd5() && EtagForm.of(answer.etag()) == EtagForm.MD5) {
            removeWrong(key, answer.etag());
            throw failures.corrupt(
                    "PUT key " + key, "it stored bytes with the checksum " + answer.etag() + ", sent were " + md5);
        }
        return readBack(key, declared, source, answer.etag());
    }

    private PutResult readBack(String key, BlobInfo declared, SourceReader source, String etag)
            throws EndpointException, InterruptedException {
        Optional<BlobInfo> there = objects.head(key);
        if (there.isEmpty()) {
            throw failures.failure(
                    Kind.SERVER_ERROR, "PUT key " + key, "it has no such key right after it was stored", null);
        }
        if (!there.get().etag().equals(etag)) {
            return existing(there.get(), declared, source);
        }
        if (there.get().length() != source.length()) {
            removeWrong(key, etag);
            throw failures.corrupt(
                    "PUT key " + key, "it stored " + there.get().length() + " of " + source.length() + " bytes");
        }
        return new PutResult(Effect.CREATED, source.length(), source.proven() ? Verified.CHECKSUM : Verified.LENGTH);
    }

    private static Verified bothSides(Verified read) {
        return read == Verified.CHECKSUM ? Verified.CHECKSUM : Verified.TARGET_CHECKSUM;
    }

    /** Takes back what this call stored, if it is still that. */
    void removeWrong(String key, String etag) throws EndpointException, InterruptedException {
        Optional<BlobInfo> there = objects.head(key);
        if (there.isPresent() && there.get().etag().equals(etag)) {
            objects.delete(key);
        }
    }

    private PutResult lostTheRace(String key, BlobInfo declared, SourceReader source)
            throws EndpointException, InterruptedException {
        Optional<BlobInfo> there = objects.head(key);
        if (there.isEmpty()) {
            throw failures.failure(
                    Kind.SERVER_ERROR,
                    "PUT key " + key,
                    "it said that the key exists, and then that it does not",
                    null);
        }
        return existing(there.get(), declared, source);
    }

    /** What is at the key, compared with a source that was not read yet. */
    PutResult compare(String key, BlobInfo there, StoredBlob blob) throws EndpointException, InterruptedException {
        SourceReader source = new SourceReader(key, blob, 0, tuning.partBytes(), false, memory, failures);
        return existing(there, blob.info(), source);
    }

    /** Something is there: the same, or something else. Reads the source where only its bytes can tell. */
    private PutResult existing(BlobInfo there, BlobInfo declared, SourceReader source)
            throws EndpointException, InterruptedException {
        if (there.length() != declared.length()) {
            return new PutResult(Effect.DIFFERENT, there.length(), Verified.LENGTH);
        }
        EtagForm form = EtagForm.of(there.etag());
        if (form != EtagForm.OPAQUE && there.etag().equalsIgnoreCase(declared.etag())) {
            return new PutResult(Effect.SAME, there.length(), Verified.CHECKSUM);
        }
        if (form == EtagForm.OPAQUE || EtagForm.of(declared.etag()) == EtagForm.OPAQUE) {
            return new PutResult(Effect.SAME, there.length(), Verified.LENGTH);
        }
        return source.matches(there.etag())
                ? new PutResult(Effect.SAME, there.length(), Verified.TARGET_CHECKSUM)
                : form == EtagForm.MD5 && capabilities.get().etagIsMd5()
                        ? new PutResult(Effect.DIFFERENT, there.length(), Verified.CHECKSUM)
                        : new PutResult(Effect.SAME, there.length(), Verified.LENGTH);
    }

    private PutResult inParts(String key, BlobInfo declared, SourceReader source, long partBytes)
            throws EndpointException, InterruptedException {
        String uploadId = control.createUpload(key);
        boolean done = false;
        try {
            List<String> etags = new ArrayList<>();
            for (long sent = 0; sent < source.length(); sent += partBytes) {
                etags.add(part(key, uploadId, etags.size() + 1, source, Math.min(partBytes, source.length() - sent)));
            }
            Verified read = source.verify();
            S3Answer answer = complete(key, uploadId, etags, capabilities.get().conditionalPut());
            if (answer.exists()) {
                return lostTheRace(key, declared, source);
            }
            if (!answer.stored()) {
                throw failures.of("complete the upload of key " + key, answer);
            }
            done = true;
            return settleParts(key, declared, source, read, answer.etag());
        } finally {
            if (!done) {
                abort(key, uploadId);
            }
        }
    }

    private String part(String key, String uploadId, int number, SourceReader source, long length)
            throws EndpointException, InterruptedException {
        String doing = "PUT part " + number + " of key " + key;
        String query = "partNumber=" + number + "&uploadId=" + KeyEncoding.query(uploadId);
        S3Answer answer;
        if (mustSign()) {
            byte[] body = new byte[(int) length];
            source.fill(body, body.length);
            String contentMd5 = Base64.getEncoder().encodeToString(source.lastPart());
            answer = objects.put(key, query, body, body.length, contentMd5);
        } else {
            try (HttpUpload upload = objects.begin(key, query, length, "", false)) {
                send(upload, source, length, Hold.NOTHING);
                answer = objects.finish(upload, doing);
            }
            noteRefusal(key, answer);
        }
        if (!answer.stored()) {
            throw failures.of(doing, answer);
        }
        String md5 = HexFormat.of().formatHex(source.lastPart());
        if (!answer.etag().equalsIgnoreCase(md5) && capabilities.get().etagIsMd5()) {
            throw failures.corrupt(doing, "it stored a checksum of " + answer.etag() + ", sent were " + md5);
        }
        return answer.etag();
    }

    /** Makes an object of its parts, if the key is still free. */
    S3Answer complete(String key, String uploadId, List<String> etags, boolean conditional)
            throws EndpointException, InterruptedException {
        if (conditional && conditionalComplete) {
            S3Answer answer = control.completeUpload(key, uploadId, etags, true);
            boolean unknown = answer.status() == 501
                    || (answer.status() == 400 && answer.error().code().equals("InvalidArgument"));
            if (!unknown) {
                return answer;
            }
            conditionalComplete = false;
        }
        if (objects.head(key).isPresent()) {
            return new S3Answer(412, "", S3Error.NONE, null);
        }
        return control.completeUpload(key, uploadId, etags, false);
    }

    private PutResult settleParts(String key, BlobInfo declared, SourceReader source, Verified read, String etag)
            throws EndpointException, InterruptedException {
        Optional<BlobInfo> there = objects.head(key);
        if (there.isEmpty()) {
            throw failures.failure(
                    Kind.SERVER_ERROR, "PUT key " + key, "it has no such key right after it was stored", null);
        }
        // Ceph 16 completes an upload without telling the ETag: only a matching one shows that the object is this one.
        boolean ours = etag.isEmpty()
                && there.get().length() == source.length()
                && there.get().etag().equalsIgnoreCase(source.targetEtag());
        if (ours) {
            return new PutResult(Effect.CREATED, source.length(), bothSides(read));
        }
        if (!there.get().etag().equals(etag)) {
            return existing(there.get(), declared, source);
        }
        String computed = source.targetEtag();
        boolean sameChecksum = etag.equalsIgnoreCase(computed);
        boolean comparable = capabilities.get().etagIsMd5() && EtagForm.parts(etag) == EtagForm.parts(computed);
        if (there.get().length() != source.length() || (comparable && !sameChecksum)) {
            removeWrong(key, etag);
            throw failures.corrupt(
                    "PUT key " + key,
                    "it made an object of " + there.get().length() + " bytes with the checksum " + etag + ", sent were "
                            + source.length() + " bytes with " + computed);
        }
        return new PutResult(Effect.CREATED, source.length(), sameChecksum ? bothSides(read) : Verified.LENGTH);
    }

    /** Leaves no parts behind, also when this thread is interrupted or the reason was a lost connection. */
    void abort(String key, String uploadId) {
        boolean interrupted = Thread.interrupted();
        try {
            control.abortUpload(key, uploadId);
        } catch (EndpointException e) {
            // The first failure is what counts; the store's own rules remove stale uploads.
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
