package org.cchq.migrate.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.cchq.migrate.store.blob.BlobInfo;
import org.cchq.migrate.store.blob.StoredBlob;

/** A blob made by a test, honest or not about what it declares. */
public record MadeBlob(BlobInfo info, InputStream body) implements StoredBlob {
    /** Declares its length and MD5, as a single-part object does. */
    public static MadeBlob of(byte[] bytes) {
        return new MadeBlob(new BlobInfo(bytes.length, md5(bytes)), new ByteArrayInputStream(bytes));
    }

    /** Declares its length only, as a file does. */
    public static MadeBlob withoutChecksum(byte[] bytes) {
        return new MadeBlob(new BlobInfo(bytes.length, ""), new ByteArrayInputStream(bytes));
    }

    /** Declares all bytes, and ends after {@code sent} without an error. */
    public static MadeBlob truncated(byte[] bytes, int sent) {
        return new MadeBlob(new BlobInfo(bytes.length, ""), new ByteArrayInputStream(bytes, 0, sent));
    }

    /** Declares all bytes, and loses the connection after {@code sent}. */
    public static MadeBlob brokenOff(byte[] bytes, int sent) {
        InputStream lost = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("connection reset");
            }

            @Override
            public int read(byte[] to, int offset, int length) throws IOException {
                return read();
            }
        };
        return new MadeBlob(
                new BlobInfo(bytes.length, md5(bytes)),
                new SequenceInputStream(new ByteArrayInputStream(bytes, 0, sent), lost));
    }

    /** Sends more than it declares. */
    public static MadeBlob overlong(byte[] bytes, int declared) {
        return new MadeBlob(new BlobInfo(declared, ""), new ByteArrayInputStream(bytes));
    }

    /** Declares the right MD5, and sends one bit changed. */
    public static MadeBlob changedOnTheWay(byte[] bytes, int bit) {
        byte[] changed = Arrays.copyOf(bytes, bytes.length);
        changed[bit / 8] = (byte) (changed[bit / 8] ^ (1 << (bit % 8)));
        return new MadeBlob(new BlobInfo(bytes.length, md5(bytes)), new ByteArrayInputStream(changed));
    }

    /** The same bytes for the same seed. */
    public static byte[] bytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    public static String md5(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {}
}
