package org.cchq.migrate.store.blob;

import java.util.Optional;
import java.util.function.Supplier;
import org.cchq.migrate.base.EndpointException;

/**
 * Decides how a blob that is not there yet is stored: small ones in one write, larger ones streamed with the last bytes
 * held back until the source was found to be whole, the largest in parts. A target that refuses bodies which are not what
 * their {@code Content-MD5} says gets the source's MD5 as that: it proves the bytes of both sides, nothing is computed
 * here. Thread-safe.
 */
final class S3Writer {
    /** Up to this size a blob is read before a byte of it is sent. */
    static final int SMALL_BYTES = 256 * 1024;

    static final int MAX_PARTS = 10_000;

    private final S3Objects objects;
    private final S3Tuning tuning;
    private final S3Failures failures;
    private final Supplier<Capabilities> capabilities;
    private final BodySender sender;
    private final S3Comparison comparison;
    private final S3BodyWriter bodies;
    private final S3PartWriter parts;
    private final EtagMemory memory = new EtagMemory();

    S3Writer(
            S3Objects objects,
            BodySender sender,
            S3Comparison comparison,
            S3PartWriter parts,
            S3Tuning tuning,
            S3Failures failures,
            Supplier<Capabilities> capabilities) {
        this.objects = objects;
        this.sender = sender;
        this.comparison = comparison;
        this.parts = parts;
        this.tuning = tuning;
        this.failures = failures;
        this.capabilities = capabilities;
        this.bodies = new S3BodyWriter(objects, sender, comparison, tuning, failures, capabilities);
    }

    PutResult putIfAbsent(String key, StoredBlob blob) throws EndpointException, InterruptedException {
        long length = blob.info().length();
        long partBytes = partBytes(blob.info());
        boolean inParts = partBytes > 0;
        SourceReader source = new SourceReader(
                key, blob, partBytes, tuning.partBytes(), !inParts && proves(key, blob.info()), memory, failures);
        if (inParts) {
            return parts.write(key, blob, source, partBytes);
        }
        if (!capabilities.get().conditionalPut() || length > tuning.partBytes() || comparison.isTaken(key)) {
            // Before a large body even where it could be conditional: nobody wants to send it in vain.
            Optional<BlobInfo> there = objects.head(key);
            if (there.isPresent()) {
                return comparison.existing(there.get(), blob.info(), source);
            }
        }
        return length <= SMALL_BYTES || sender.mustSign()
                ? bodies.whole(key, blob.info(), source)
                : bodies.streamed(key, blob.info(), source);
    }

    /** Whether the target compares the bytes of this blob with the source's MD5. */
    private boolean proves(String key, BlobInfo declared) throws EndpointException {
        return capabilities.get().checksContentMd5()
                && !sender.mustSign()
                && EtagForm.of(declared.etag()) == EtagForm.MD5
                && memory.trusts(key, declared.etag());
    }

    /** The size of the parts in which to send a blob, 0 for one body. */
    private long partBytes(BlobInfo declared) throws EndpointException {
        long length = declared.length();
        long usual =
                sender.mustSign() ? Math.min(BodySender.SIGNED_PART_BYTES, tuning.partBytes()) : tuning.partBytes();
        if (length <= usual) {
            return 0;
        }
        long hqParts = Checksums.partsOf(length, SourceReader.HQ_PART_BYTES);
        if (EtagForm.parts(declared.etag()) == hqParts && SourceReader.HQ_PART_BYTES <= usual) {
            // The same parts again: one checksum is both that of a part and a piece of the source's ETag.
            return SourceReader.HQ_PART_BYTES;
        }
        long single = Math.min(bodies.bodyLimit(), Math.min(capabilities.get().largestPut(), tuning.singleBytes()));
        return length <= single && !sender.mustSign() ? 0 : Math.max(usual, neededPartBytes(length));
    }

    /** With fewer bytes a part there would be too many parts. */
    private static long neededPartBytes(long length) {
        long needed = Checksums.partsOf(length, MAX_PARTS);
        long mebibyte = 1L << 20;
        return Checksums.partsOf(needed, mebibyte) * mebibyte;
    }

    /** What is at the key, compared with a source that was not read yet. */
    PutResult compare(String key, BlobInfo there, StoredBlob blob) throws EndpointException, InterruptedException {
        SourceReader source = new SourceReader(key, blob, 0, tuning.partBytes(), false, memory, failures);
        return comparison.existing(there, blob.info(), source);
    }
}
