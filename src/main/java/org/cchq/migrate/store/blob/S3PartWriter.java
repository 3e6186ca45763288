package org.cchq.migrate.store.blob;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.store.blob.BodySender.Hold;
import org.cchq.migrate.store.blob.PutResult.Effect;
import org.cchq.migrate.store.blob.PutResult.Verified;

/** Stores a blob in parts, each compared with what was sent before the next. Thread-safe. */
final class S3PartWriter {
    private final S3Objects objects;
    private final S3Control control;
    private final BodySender sender;
    private final S3Comparison comparison;
    private final S3Failures failures;
    private final Supplier<Capabilities> capabilities;
    private volatile boolean conditionalComplete = true;

    S3PartWriter(
            S3Objects objects,
            S3Control control,
            BodySender sender,
            S3Comparison comparison,
            S3Failures failures,
            Supplier<Capabilities> capabilities) {
        this.objects = objects;
        this.control = control;
        this.sender = sender;
        this.comparison = comparison;
        this.failures = failures;
        this.capabilities = capabilities;
    }

    PutResult inParts(String key, BlobInfo declared, SourceReader source, long partBytes)
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
                return comparison.lostTheRace(key, declared, source);
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
        if (sender.mustSign()) {
            byte[] body = new byte[(int) length];
            source.fill(body, body.length);
            String contentMd5 = Base64.getEncoder().encodeToString(source.lastPart());
            answer = objects.put(key, query, body, body.length, contentMd5);
        } else {
            try (HttpUpload upload = objects.begin(key, query, length, "", false)) {
                sender.send(upload, source, length, Hold.NOTHING);
                answer = objects.finish(upload, doing);
            }
            sender.noteRefusal(key, answer);
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
            return new PutResult(Effect.CREATED, source.length(), S3Comparison.bothSides(read));
        }
        if (!there.get().etag().equals(etag)) {
            return comparison.existing(there.get(), declared, source);
        }
        String computed = source.targetEtag();
        boolean sameChecksum = etag.equalsIgnoreCase(computed);
        boolean comparable = capabilities.get().etagIsMd5() && EtagForm.parts(etag) == EtagForm.parts(computed);
        if (there.get().length() != source.length() || (comparable && !sameChecksum)) {
            comparison.removeWrong(key, etag);
            throw failures.corrupt(
                    "PUT key " + key,
                    "it made an object of " + there.get().length() + " bytes with the checksum " + etag + ", sent were "
                            + source.length() + " bytes with " + computed);
        }
        return new PutResult(
                Effect.CREATED, source.length(), sameChecksum ? S3Comparison.bothSides(read) : Verified.LENGTH);
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
