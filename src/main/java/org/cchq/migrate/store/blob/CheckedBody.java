package org.cchq.migrate.store.blob;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;

/** Reads a source's bytes and holds them against what the source declared: its length, and its MD5 if the ETag is one. */
final class CheckedBody {
    private static final Pattern MD5 = Pattern.compile("[0-9a-fA-F]{32}");

    private final StoredBlob blob;
    private final String target;
    private final String key;
    private final MessageDigest digest;
    private long length;

    /** @param target the store that the bytes go to, for messages */
    CheckedBody(StoredBlob blob, String target, String key) {
        this.blob = blob;
        this.target = target;
        this.key = key;
        this.digest = md5();
    }

    /** Fills the buffer as far as the source goes; 0 at the end. */
    int read(byte[] buffer) throws EndpointException, InterruptedException {
        try {
            int read = blob.body().readNBytes(buffer, 0, buffer.length);
            length += read;
            digest.update(buffer, 0, read);
            return read;
        } catch (IOException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw FileSystemBlobStore.interrupted(e);
            }
            throw new EndpointException(
                    target,
                    Kind.UNREACHABLE,
                    "Tried to store " + key + " in " + target + " but the source broke off after " + length + " of "
                            + blob.info().length() + " bytes: " + e.getMessage(),
                    e);
        }
    }

    /** After the last byte: refuses bytes that are not those which the source declared. */
    PutResult.Verified verify() throws EndpointException {
        BlobInfo declared = blob.info();
        if (length != declared.length()) {
            throw corrupt("the source sent " + length + " of " + declared.length() + " bytes");
        }
        if (!declaresMd5(declared)) {
            return PutResult.Verified.LENGTH;
        }
        String found = HexFormat.of().formatHex(digest.digest());
        if (!found.equalsIgnoreCase(declared.etag())) {
            throw corrupt("the source's bytes have MD5 " + found + " where it declared " + declared.etag());
        }
        return PutResult.Verified.CHECKSUM;
    }

    private EndpointException corrupt(String why) {
        return new EndpointException(target, Kind.CORRUPT, "Tried to store " + key + " in " + target + " but " + why);
    }

    static boolean declaresMd5(BlobInfo info) {
        return MD5.matcher(info.etag()).matches();
    }

    static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5", e);
        }
    }
}
