package org.cchq.migrate.store.blob;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.http.HttpTransport;

/**
 * Tells whether two stores have the same bytes at a key, for whom that has to be certain. Checksums are believed where they
 * agree: two ETags that are the MD5 of a whole, or of parts, and equal. Where one of them is the MD5 of the whole, the other
 * side is read for its own. Everything else, also two checksums that do not agree (they may be none: encrypted objects have
 * ETags of that form), is read on both sides at once and compared byte by byte. Thread-safe.
 */
public final class BlobComparison {
    private static final int BUFFER_BYTES = 128 * 1024;

    /** What a comparison says. */
    public enum Verdict {
        SAME,
        DIFFERENT,
        /** One of the two was replaced or removed meanwhile: look again. */
        CHANGED
    }

    /**
     * @param detail where they differ, for a person; "" unless they do
     */
    public record Result(Verdict verdict, String detail) {
        static final Result SAME = new Result(Verdict.SAME, "");
        static final Result CHANGED = new Result(Verdict.CHANGED, "");
    }

    private final BlobStore source;
    private final BlobStore target;
    private final boolean readAlways;

    /** @param readAlways believe no checksum, read every byte on both sides */
    public BlobComparison(BlobStore source, BlobStore target, boolean readAlways) {
        this.source = source;
        this.target = target;
        this.readAlways = readAlways;
    }

    /**
     * A number that is equal for two listed blobs of one length and one checksum, and for no others; empty if the store lists
     * nothing that is one.
     */
    public static long stamp(BlobInfo listed) {
        if (EtagForm.of(listed.etag()) == EtagForm.OPAQUE) {
            return NO_STAMP;
        }
        return KeyHash.of(listed.length() + " " + listed.etag().toLowerCase(java.util.Locale.ROOT))
                        .high()
                & Long.MAX_VALUE;
    }

    /** What {@link #stamp} is of a blob whose listing has no checksum. */
    public static final long NO_STAMP = -1;

    /**
     * Compares.
     *
     * @param old what the source said of it just now
     * @param now what the target said
     */
    public Result compare(String key, BlobInfo old, BlobInfo now) throws EndpointException, InterruptedException {
        if (old.length() != now.length()) {
            return new Result(Verdict.DIFFERENT, "old has " + old.length() + " bytes, new has " + now.length());
        }
        if (!readAlways) {
            EtagForm oldForm = EtagForm.of(old.etag());
            EtagForm newForm = EtagForm.of(now.etag());
            if (oldForm != EtagForm.OPAQUE && old.etag().equalsIgnoreCase(now.etag())) {
                return Result.SAME;
            }
            if (oldForm == EtagForm.MD5 && newForm != EtagForm.MD5) {
                Optional<String> read = md5(target, key, now);
                if (read.isEmpty() || read.get().equalsIgnoreCase(old.etag())) {
                    return read.isEmpty() ? Result.CHANGED : Result.SAME;
                }
            } else if (newForm == EtagForm.MD5 && oldForm != EtagForm.MD5) {
                Optional<String> read = md5(source, key, old);
                if (read.isEmpty() || read.get().equalsIgnoreCase(now.etag())) {
                    return read.isEmpty() ? Result.CHANGED : Result.SAME;
                }
            }
        }
        return byteByByte(key, old, now);
    }

    /** The MD5 of what is read; empty if it is not what was looked at. */
    private static Optional<String> md5(BlobStore store, String key, BlobInfo seen)
            throws EndpointException, InterruptedException {
        Optional<StoredBlob> opened = store.open(key);
        if (opened.isEmpty()) {
            return Optional.empty();
        }
        try (StoredBlob blob = opened.get()) {
            if (!blob.info().equals(seen)) {
                return Optional.empty();
            }
            MessageDigest digest = Md5.digest();
            byte[] buffer = new byte[BUFFER_BYTES];
            long left = seen.length();
            InputStream body = blob.body();
            while (left > 0) {
                int got = fill(body, buffer, (int) Math.min(buffer.length, left), store, key);
                digest.update(buffer, 0, got);
                left -= got;
            }
            return Optional.of(HexFormat.of().formatHex(digest.digest()));
        }
    }

    private Result byteByByte(String key, BlobInfo old, BlobInfo now) throws EndpointException, InterruptedException {
        Optional<StoredBlob> first = source.open(key);
        if (first.isEmpty()) {
            return Result.CHANGED;
        }
        try (StoredBlob one = first.get()) {
            Optional<StoredBlob> second = target.open(key);
            if (second.isEmpty()) {
                return Result.CHANGED;
            }
            try (StoredBlob other = second.get()) {
                return one.info().equals(old) && other.info().equals(now) ? compare(key, one, other) : Result.CHANGED;
            }
        }
    }

    private Result compare(String key, StoredBlob one, StoredBlob other)
            throws EndpointException, InterruptedException {
        byte[] left = new byte[BUFFER_BYTES];
        byte[] right = new byte[BUFFER_BYTES];
        InputStream old = one.body();
        InputStream now = other.body();
        long length = one.info().length();
        for (long at = 0; at < length; ) {
            int wanted = (int) Math.min(BUFFER_BYTES, length - at);
            fill(old, left, wanted, source, key);
            fill(now, right, wanted, target, key);
            int differ = Arrays.mismatch(left, 0, wanted, right, 0, wanted);
            if (differ >= 0) {
                return new Result(
                        Verdict.DIFFERENT,
                        "both have " + length + " bytes; they differ from byte " + (at + differ) + " on");
            }
            at += wanted;
        }
        return Result.SAME;
    }

    /** As many bytes as wanted. */
    private static int fill(InputStream body, byte[] buffer, int wanted, BlobStore store, String key)
            throws EndpointException, InterruptedException {
        int filled = 0;
        try {
            while (filled < wanted) {
                int got = body.read(buffer, filled, wanted - filled);
                if (got < 0) {
                    throw new EndpointException(
                            store.description(),
                            Kind.CORRUPT,
                            "Tried to read key " + key + " on " + store.description()
                                    + " but it ended before its length");
                }
                filled += got;
            }
            return filled;
        } catch (IOException e) {
            HttpTransport.interrupted(e);
            throw broken(store, key, e);
        }
    }

    private static EndpointException broken(BlobStore store, String key, IOException e) {
        if (e instanceof BlobReadException read) {
            return read.failure();
        }
        return new EndpointException(
                store.description(),
                Kind.UNREACHABLE,
                "Tried to read key " + key + " on " + store.description() + " but " + e.getMessage(),
                e);
    }
}
