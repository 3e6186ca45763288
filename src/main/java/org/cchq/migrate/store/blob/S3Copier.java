package org.cchq.migrate.store.blob;

import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.store.blob.PutResult.Effect;
import org.cchq.migrate.store.blob.PutResult.Verified;

/**
 * Copies between two buckets of one endpoint and one account without moving bytes through this process: whole up to
 * {@link #WHOLE_BYTES}, in ranges above. What the endpoint cannot do is left to streaming. Thread-safe.
 */
final class S3Copier {
    /**
     * S3 allows 5 GiB in one request; ranges of this size answer well within a read time-out and can be repeated one
     * by one.
     */
    static final long WHOLE_BYTES = 512L << 20;

    private final S3Objects objects;
    private final S3Control control;
    private final S3Writer writer;
    private final S3PartWriter parts;
    private final BegunUploads uploads;
    private final S3Comparison comparison;
    private final S3Failures failures;
    private final long wholeBytes;
    private volatile boolean conditionalCopy = true;

    S3Copier(
            S3Objects objects,
            S3Control control,
            S3Writer writer,
            S3PartWriter parts,
            BegunUploads uploads,
            S3Comparison comparison,
            S3Failures failures,
            long wholeBytes) {
        this.objects = objects;
        this.control = control;
        this.writer = writer;
        this.parts = parts;
        this.uploads = uploads;
        this.comparison = comparison;
        this.failures = failures;
        this.wholeBytes = wholeBytes;
    }

    /** Empty if the source has no such key, or the endpoint does not copy. */
    Optional<PutResult> copy(BlobStore source, String sourceBucket, String key, boolean conditional)
            throws EndpointException, InterruptedException {
        Optional<BlobInfo> declared = source.head(key);
        if (declared.isEmpty()) {
            return Optional.empty();
        }
        Optional<BlobInfo> there = objects.head(key);
        if (there.isPresent()) {
            return compare(source, key, there.get());
        }
        String doing = "copy key " + key + " from bucket " + sourceBucket;
        S3Answer answer = declared.get().length() <= wholeBytes
                ? whole(sourceBucket, key, conditional)
                : inRanges(sourceBucket, key, declared.get(), conditional);
        if (answer.exists()) {
            there = objects.head(key);
            return there.isEmpty() ? Optional.empty() : compare(source, key, there.get());
        }
        if (answer.status() == 404 && !answer.error().code().equals("NoSuchBucket")) {
            return Optional.empty();
        }
        if (answer.status() == 403 || answer.status() == 501 || answer.status() == 405) {
            // Streaming tells reading from writing, and needs neither the right nor the ability to copy.
            return Optional.empty();
        }
        if (!answer.stored()) {
            throw failures.of(doing, answer);
        }
        return Optional.of(verified(doing, key, declared.get(), answer.etag()));
    }

    /** Some servers know conditions for PUT, not for copies: there the look-up before has to do. */
    private S3Answer whole(String sourceBucket, String key, boolean conditional)
            throws EndpointException, InterruptedException {
        if (conditional && conditionalCopy) {
            S3Answer answer = control.copy(sourceBucket, key, true);
            if (answer.status() != 501 && answer.status() != 400) {
                return answer;
            }
            conditionalCopy = false;
        }
        return control.copy(sourceBucket, key, false);
    }

    private Optional<PutResult> compare(BlobStore source, String key, BlobInfo there)
            throws EndpointException, InterruptedException {
        Optional<StoredBlob> blob = source.open(key);
        if (blob.isEmpty()) {
            return Optional.empty();
        }
        try (StoredBlob opened = blob.get()) {
            return Optional.of(writer.compare(key, there, opened));
        }
    }

    /** Goes on after the last range that an earlier attempt has copied. */
    private S3Answer inRanges(String sourceBucket, String key, BlobInfo declared, boolean conditional)
            throws EndpointException, InterruptedException {
        BegunUpload upload = uploads.takeOrBegin(key, declared.etag(), declared.length(), wholeBytes);
        return uploads.attempt(upload, () -> {
            while (upload.nextBytes() > 0) {
                long last = upload.position() + upload.nextBytes() - 1;
                upload.stored(
                        control.copyPart(sourceBucket, key, upload.id(), upload.nextPart(), upload.position(), last));
            }
            S3Answer answer = parts.complete(upload, conditional);
            if (answer.stored()) {
                upload.completed(answer.etag());
            }
            return answer;
        });
    }

    private PutResult verified(String doing, String key, BlobInfo declared, String etag)
            throws EndpointException, InterruptedException {
        Optional<BlobInfo> there = objects.head(key);
        if (there.isEmpty()) {
            throw failures.failure(Kind.SERVER_ERROR, doing, "it has no such key right after the copy", null);
        }
        BlobInfo copied = there.get();
        if (copied.length() != declared.length()) {
            comparison.removeWrong(key, etag);
            throw failures.corrupt(doing, "the copy has " + copied.length() + " of " + declared.length() + " bytes");
        }
        boolean checksum =
                EtagForm.of(copied.etag()) != EtagForm.OPAQUE && copied.etag().equalsIgnoreCase(declared.etag());
        return new PutResult(Effect.CREATED, copied.length(), checksum ? Verified.CHECKSUM : Verified.LENGTH);
    }
}
