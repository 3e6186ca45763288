package org.cchq.migrate.store.blob;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.http.HttpTransport;
import org.cchq.migrate.store.blob.PutResult.Verified;
import org.jspecify.annotations.Nullable;

/**
 * Reads a blob once, computing on the way those checksums that source and target may declare of it and no others, and
 * says at the end whether it was what the source declares. Used by one thread.
 */
final class SourceReader {
    /** Parts of HQ's own client. */
    static final long HQ_PART_BYTES = 8L << 20;

    private final String key;
    private final StoredBlob blob;
    private final EtagMemory memory;
    private final S3Failures failures;
    private final Checksums checksums;
    private final long length;
    private final long from;
    private @Nullable InputStream body;
    private boolean proven;
    private long count;
    private @Nullable Verified verified;
    private byte @Nullable [] held;

    /**
     * @param targetPartBytes part size at the target, 0 for a body in one piece
     * @param tuningPartBytes the part size with which a run of ours may have written the source
     * @param proven the target refuses bytes that have not the MD5 which the source's ETag is: none is computed here
     */
    SourceReader(
            String key,
            StoredBlob blob,
            long targetPartBytes,
            long tuningPartBytes,
            boolean proven,
            EtagMemory memory,
            S3Failures failures) {
        this(
                key,
                blob,
                new Checksums(blob.info(), targetPartBytes, tuningPartBytes, proven),
                0,
                proven,
                memory,
                failures);
    }

    private SourceReader(
            String key,
            StoredBlob blob,
            Checksums checksums,
            long from,
            boolean proven,
            EtagMemory memory,
            S3Failures failures) {
        this.key = key;
        this.blob = blob;
        this.checksums = checksums;
        this.from = from;
        this.count = from;
        this.proven = proven;
        this.memory = memory;
        this.failures = failures;
        this.length = blob.info().length();
    }

    /** The same blob, of which nothing was read yet, from a position up to which its checksums were computed before. */
    SourceReader goingOn(long position, Checksums before) {
        return new SourceReader(key, blob, before.copy(), position, false, memory, failures);
    }

    /** The checksums of what was read, as they are now. */
    Checksums checksums() {
        return checksums.copy();
    }

    private InputStream body() throws IOException, InterruptedException {
        InputStream known = body;
        if (known == null) {
            known = from == 0 ? blob.body() : from == length ? InputStream.nullInputStream() : blob.bodyFrom(from);
            body = known;
        }
        return known;
    }

    long length() {
        return length;
    }

    /** Whether it is for the target to compare the bytes with the source's MD5. */
    boolean proven() {
        return proven;
    }

    /** From the next attempt on the bytes are compared here: with these, where they are still in memory. */
    void doubt() {
        String etag = blob.info().etag();
        memory.doubt(key, etag);
        if (held != null) {
            MessageDigest whole = Md5.digest();
            whole.update(held, 0, (int) length);
            memory.readBefore(key, etag.toLowerCase(Locale.ROOT), HexFormat.of().formatHex(whole.digest()));
        }
    }

    /** Fills the buffer up to {@code wanted} bytes; fails if the source has fewer. */
    void fill(byte[] buffer, int wanted) throws EndpointException, InterruptedException {
        int filled = 0;
        try {
            while (filled < wanted) {
                int got = body().read(buffer, filled, wanted - filled);
                if (got < 0) {
                    throw failures.corrupt(
                            doing(), "the source ended after " + (count + filled) + " of " + length + " bytes");
                }
                filled += got;
            }
        } catch (IOException e) {
            HttpTransport.interrupted(e);
            throw e instanceof BlobReadException read ? read.failure() : failures.of(doing(), e);
        }
        count += wanted;
        checksums.update(buffer, wanted);
    }

    /** Reads all of it into memory, where it stays until it was stored or compared. */
    void fillAll(byte[] buffer) throws EndpointException, InterruptedException {
        fill(buffer, (int) length);
        held = buffer;
    }

    /** Reads what has not been read, for its checksums only. */
    void drain() throws EndpointException, InterruptedException {
        byte[] buffer = new byte[(int) Math.min(64 * 1024, Math.max(1, length - count))];
        while (count < length) {
            fill(buffer, (int) Math.min(buffer.length, length - count));
        }
    }

    /** MD5 of the target's part that was read last. */
    byte[] lastPart() {
        return checksums.lastPart(count == length);
    }

    /** MD5 of the whole; after {@link #verify()}. Empty if nobody needed it. */
    byte[] md5() {
        return checksums.md5();
    }

    /** The ETag that the target should have; after {@link #verify()}. */
    String targetEtag() {
        return checksums.targetEtag();
    }

    /**
     * After the last byte: whether it was what the source declares.
     *
     * @return {@code CHECKSUM} if a checksum agreed, {@code LENGTH} if there is none that can be computed
     */
    Verified verify() throws EndpointException, InterruptedException {
        if (verified != null) {
            return verified;
        }
        byte[] more = new byte[1];
        try {
            if (body().read(more, 0, 1) > 0) {
                throw failures.corrupt(doing(), "the source has more than the " + length + " bytes that it declares");
            }
        } catch (IOException e) {
            HttpTransport.interrupted(e);
            throw e instanceof BlobReadException read ? read.failure() : failures.of(doing(), e);
        }
        String etag = blob.info().etag().toLowerCase(Locale.ROOT);
        if (proven) {
            checksums.proven(HexFormat.of().parseHex(etag));
            verified = Verified.CHECKSUM;
            return verified;
        }
        checksums.end();
        List<String> computed = checksums.ofSource(etag);
        if (computed.isEmpty()) {
            verified = Verified.LENGTH;
            return verified;
        }
        if (computed.contains(etag)) {
            verified = Verified.CHECKSUM;
            return verified;
        }
        if (memory.readBefore(key, etag, computed.get(0))) {
            verified = Verified.LENGTH;
            return verified;
        }
        throw failures.corrupt(
                doing(),
                "what was read has the checksum " + computed.get(0) + ", the source declares " + etag
                        + " (if a second read gives the same, the source's ETag is no checksum and is left aside)");
    }

    /**
     * Reads the rest and says whether the bytes have this checksum of the target, which may be a composite of any part
     * size that we or HQ would use.
     */
    boolean matches(String etag) throws EndpointException, InterruptedException {
        compute(etag);
        drain();
        verify();
        return checksums.match(etag);
    }

    /** Sees to it that what is needed for a comparison with this ETag is computed. */
    private void compute(String etag) throws EndpointException {
        boolean md5Wanted = EtagForm.of(etag) == EtagForm.MD5;
        if (count == 0) {
            if (proven || md5Wanted) {
                checksums.needWhole();
            }
            proven = false;
            checksums.addComposites(etag);
        } else if (proven && held != null) {
            proven = false;
            verified = null;
            checksums.ofAll(held, (int) length, etag);
        } else if (proven || (md5Wanted && !checksums.needsWhole())) {
            doubt();
            throw failures.failure(
                    Kind.SERVER_ERROR,
                    doing(),
                    "something else of the same length was stored there meanwhile; the next attempt compares the two",
                    null);
        }
    }

    private String doing() {
        return "copy key " + key;
    }
}
