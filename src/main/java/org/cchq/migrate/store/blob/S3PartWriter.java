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

/**
 * Stores a blob in parts, each compared with what was sent before the next. An attempt goes on where the one before it was
 * interrupted: parts that the target has are neither read nor sent again. Thread-safe.
 */
final class S3PartWriter {
    private final S3Objects objects;
    private final S3Control control;
    private final BegunUploads uploads;
    private final BodySender sender;
    private final S3Comparison comparison;
    private final S3Failures failures;
    private final Supplier<Capabilities> capabilities;
    private volatile boolean conditionalComplete = true;

    S3PartWriter(
            S3Objects objects,
            S3Control control,
            BegunUploads uploads,
            BodySender sender,
            S3Comparison comparison,
            S3Failures failures,
            Supplier<Capabilities> capabilities) {
        this.objects = objects;
        this.control = control;
        this.uploads = uploads;
        this.sender = sender;
        this.comparison = comparison;
        this.failures = failures;
        this.capabilities = capabilities;
    }

    /**
     * One attempt.
     *
     * @param source of which nothing was read yet
     */
    PutResult write(String key, StoredBlob blob, SourceReader source, long partBytes)
            throws EndpointException, InterruptedException {
        String version = blob.version();
        Optional<BegunUpload> left = uploads.take(key, version, source.length(), partBytes);
        if (left.isEmpty()) {
            // Even where completing could be conditional: nobody wants to send gigabytes in vain.
            Optional<BlobInfo> there = objects.head(key);
            if (there.isPresent()) {
                return comparison.existing(there.get(), blob.info(), source);
            }
        }
        BegunUpload upload = left.isPresent() ? left.get() : uploads.begin(key, version, source.length(), partBytes);
        return uploads.attempt(upload, () -> goOn(upload, blob.info(), upload.readOn(source)));
    }

    private PutResult goOn(BegunUpload upload, BlobInfo declared, SourceReader source)
            throws EndpointException, InterruptedException {
        if (upload.completing()) {
            Optional<BlobInfo> there = objects.head(upload.key());
            if (there.isPresent()) {
                return found(upload, there.get(), declared, source, verify(upload, source));
            }
        }
        while (upload.nextBytes() > 0) {
            String etag = part(upload, source);
            upload.stored(etag, source.checksums());
        }
        return complete(upload, declared, source);
    }

    /** A source that was read wrong somewhere spoils all parts: nobody knows which. */
    private static Verified verify(BegunUpload upload, SourceReader source)
            throws EndpointException, InterruptedException {
        try {
            return source.verify();
        } catch (EndpointException e) {
            if (e.kind() == Kind.CORRUPT) {
                upload.spoilt();
            }
            throw e;
        }
    }

    private PutResult complete(BegunUpload upload, BlobInfo declared, SourceReader source)
            throws EndpointException, InterruptedException {
        Verified read = verify(upload, source);
        upload.beginCompleting();
        String key = upload.key();
        S3Answer answer = complete(upload, capabilities.get().conditionalPut());
        if (answer.stored()) {
            upload.completed(answer.etag());
            return settle(upload, thereNow(key), declared, source, read);
        }
        if (answer.exists()) {
            return found(upload, thereNow(key), declared, source, read);
        }
        if (answer.error().code().equals("InvalidPart")) {
            upload.spoilt();
            throw failures.failure(
                    Kind.SERVER_ERROR,
                    "PUT key " + key,
                    "it lost a part that it had taken; the next attempt begins anew",
                    null);
        }
        if (!answer.noSuchUpload()) {
            throw failures.of("complete the upload of key " + key, answer);
        }
        Optional<BlobInfo> there = objects.head(key);
        if (there.isPresent()) {
            return found(upload, there.get(), declared, source, read);
        }
        throw vanished(upload);
    }

    private EndpointException vanished(BegunUpload upload) {
        upload.vanished();
        return failures.failure(
                Kind.SERVER_ERROR,
                "PUT key " + upload.key(),
                "it does not know the upload any more; the next attempt begins anew",
                null);
    }

    private BlobInfo thereNow(String key) throws EndpointException, InterruptedException {
        return objects.head(key)
                .orElseThrow(() -> failures.failure(
                        Kind.SERVER_ERROR,
                        "PUT key " + key,
                        "it said that the key exists, and then that it has no such key",
                        null));
    }

    /** Something is at the key: this upload, whose completion was not heard of, or what somebody else has stored. */
    private PutResult found(BegunUpload upload, BlobInfo there, BlobInfo declared, SourceReader source, Verified read)
            throws EndpointException, InterruptedException {
        boolean told = !upload.completedAs().isEmpty() && there.etag().equals(upload.completedAs());
        if (there.length() == source.length() && (told || there.etag().equalsIgnoreCase(source.targetEtag()))) {
            upload.completed(there.etag());
            return settle(upload, there, declared, source, read);
        }
        return comparison.existing(there, declared, source);
    }

    /** Sends the next part; its ETag. */
    private String part(BegunUpload upload, SourceReader source) throws EndpointException, InterruptedException {
        String key = upload.key();
        String doing = "PUT part " + upload.nextPart() + " of key " + key;
        String query = "partNumber=" + upload.nextPart() + "&uploadId=" + KeyEncoding.query(upload.id());
        S3Answer answer = sender.mustSign()
                ? signedPart(key, query, source, (int) upload.nextBytes())
                : streamedPart(key, query, source, upload.nextBytes(), doing);
        if (answer.noSuchUpload()) {
            throw vanished(upload);
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

    private S3Answer signedPart(String key, String query, SourceReader source, int length)
            throws EndpointException, InterruptedException {
        try (BodySender.HeldBody body = sender.hold(length)) {
            source.fill(body.bytes(), length);
            String contentMd5 = Base64.getEncoder().encodeToString(source.lastPart());
            return objects.put(key, query, body.bytes(), length, contentMd5);
        }
    }

    private S3Answer streamedPart(String key, String query, SourceReader source, long length, String doing)
            throws EndpointException, InterruptedException {
        try (HttpUpload sent = objects.begin(key, query, length, "", false)) {
            sender.send(sent, source, length, Hold.NOTHING);
            S3Answer answer = objects.finish(sent, doing);
            sender.noteRefusal(key, answer);
            return answer;
        }
    }

    /** Makes an object of its parts, if the key is still free. A refusal is an answer, no exception. */
    S3Answer complete(BegunUpload upload, boolean conditional) throws EndpointException, InterruptedException {
        String key = upload.key();
        if (conditional && conditionalComplete) {
            S3Answer answer = control.completeUpload(key, upload.id(), upload.etags(), true);
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
        return control.completeUpload(key, upload.id(), upload.etags(), false);
    }

    /** The object was made: compares it with what was sent. */
    private PutResult settle(BegunUpload upload, BlobInfo there, BlobInfo declared, SourceReader source, Verified read)
            throws EndpointException, InterruptedException {
        String etag = upload.completedAs();
        // Ceph 16 completes an upload without telling the ETag: only a matching one shows that the object is this one.
        boolean ours = etag.isEmpty()
                && there.length() == source.length()
                && there.etag().equalsIgnoreCase(source.targetEtag());
        if (ours) {
            return new PutResult(Effect.CREATED, source.length(), S3Comparison.bothSides(read));
        }
        if (!there.etag().equals(etag)) {
            return comparison.existing(there, declared, source);
        }
        String computed = source.targetEtag();
        boolean sameChecksum = etag.equalsIgnoreCase(computed);
        boolean comparable = capabilities.get().etagIsMd5() && EtagForm.parts(etag) == EtagForm.parts(computed);
        if (there.length() != source.length() || (comparable && !sameChecksum)) {
            comparison.removeWrong(upload.key(), etag);
            upload.spoilt();
            throw failures.corrupt(
                    "PUT key " + upload.key(),
                    "it made an object of " + there.length() + " bytes with the checksum " + etag + ", sent were "
                            + source.length() + " bytes with " + computed);
        }
        return new PutResult(
                Effect.CREATED, source.length(), sameChecksum ? S3Comparison.bothSides(read) : Verified.LENGTH);
    }
}
