package org.cchq.migrate.store.blob;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Supplier;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.http.HttpUpload;
import org.cchq.migrate.store.blob.BodySender.Hold;
import org.cchq.migrate.store.blob.PutResult.Effect;
import org.cchq.migrate.store.blob.PutResult.Verified;

/** Stores a blob with one request, and compares what the server says it stored with what was sent. Thread-safe. */
final class S3BodyWriter {
    private final S3Objects objects;
    private final BodySender sender;
    private final S3Comparison comparison;
    private final S3Tuning tuning;
    private final S3Failures failures;
    private final Supplier<Capabilities> capabilities;
    private volatile long bodyLimit = Long.MAX_VALUE;

    S3BodyWriter(
            S3Objects objects,
            BodySender sender,
            S3Comparison comparison,
            S3Tuning tuning,
            S3Failures failures,
            Supplier<Capabilities> capabilities) {
        this.objects = objects;
        this.sender = sender;
        this.comparison = comparison;
        this.tuning = tuning;
        this.failures = failures;
        this.capabilities = capabilities;
    }

    /** Largest body that this server is known to take, as far as its answers tell. */
    long bodyLimit() {
        return bodyLimit;
    }

    /** Reads the blob before a byte of it is sent. */
    PutResult whole(String key, BlobInfo declared, SourceReader source) throws EndpointException, InterruptedException {
        int length = (int) source.length();
        if (length <= BodySender.BUFFER_BYTES) {
            return whole(key, declared, source, sender.buffer());
        }
        try (BodySender.HeldBody body = sender.hold(length)) {
            return whole(key, declared, source, body.bytes());
        }
    }

    private PutResult whole(String key, BlobInfo declared, SourceReader source, byte[] body)
            throws EndpointException, InterruptedException {
        int length = (int) source.length();
        source.fillAll(body);
        Verified read = source.verify();
        String contentMd5 = Base64.getEncoder().encodeToString(source.md5());
        S3Answer answer = objects.put(
                key,
                body,
                length,
                contentMd5,
                sender.mustSign(),
                capabilities.get().conditionalPut());
        sender.noteRefusal(key, answer);
        noteDoubt(key, declared, source, answer);
        return settle(key, declared, source, read, answer);
    }

    /** Sends while it reads; the last bytes are held back until the source was found to be whole. */
    PutResult streamed(String key, BlobInfo declared, SourceReader source)
            throws EndpointException, InterruptedException {
        boolean conditional = capabilities.get().conditionalPut();
        String contentMd5 = source.proven()
                ? Base64.getEncoder().encodeToString(HexFormat.of().parseHex(declared.etag()))
                : "";
        try (HttpUpload upload = objects.begin(key, "", source.length(), contentMd5, conditional)) {
            Verified read = sender.send(upload, source, source.length(), Hold.UNTIL_VERIFIED);
            S3Answer answer = objects.finish(upload, "PUT key " + key);
            sender.noteRefusal(key, answer);
            noteLimit(key, source.length(), answer);
            noteDoubt(key, declared, source, answer);
            return settle(key, declared, source, read, answer);
        }
    }

    /** Where the target found other bytes than the source declares, the next attempt compares them here. */
    private void noteDoubt(String key, BlobInfo declared, SourceReader source, S3Answer answer)
            throws EndpointException {
        if (source.proven() && answer.badDigest()) {
            source.doubt();
            throw failures.corrupt(
                    "PUT key " + key,
                    "it got bytes that have not the checksum " + declared.etag() + ", which the source declares"
                            + " (the next attempt computes it on the way)");
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
            return comparison.lostTheRace(key, declared, source);
        }
        if (!answer.stored()) {
            throw failures.of("PUT key " + key, answer);
        }
        String md5 = HexFormat.of().formatHex(source.md5());
        if (answer.etag().equalsIgnoreCase(md5)) {
            return new PutResult(Effect.CREATED, source.length(), S3Comparison.bothSides(read));
        }
        if (capabilities.get().etagIsMd5() && EtagForm.of(answer.etag()) == EtagForm.MD5) {
            comparison.removeWrong(key, answer.etag());
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
            return comparison.existing(there.get(), declared, source);
        }
        if (there.get().length() != source.length()) {
            comparison.removeWrong(key, etag);
            throw failures.corrupt(
                    "PUT key " + key, "it stored " + there.get().length() + " of " + source.length() + " bytes");
        }
        return new PutResult(Effect.CREATED, source.length(), source.proven() ? Verified.CHECKSUM : Verified.LENGTH);
    }
}
