package org.cchq.migrate.store.blob;

import java.security.MessageDigest;
import java.util.HexFormat;

/** The ETag of a multipart upload, computed from the bytes: MD5 of the parts' MD5s, a dash, the number of parts. */
final class CompositeMd5 {
    private final long partBytes;
    private final MessageDigest part;
    private final MessageDigest all;
    private long inPart;
    private int parts;
    private byte[] lastPart = {};
    private String etag = "";

    CompositeMd5(long partBytes) {
        this.partBytes = partBytes;
        this.part = Md5.digest();
        this.all = Md5.digest();
    }

    private CompositeMd5(CompositeMd5 from) {
        this.partBytes = from.partBytes;
        this.part = Md5.copy(from.part);
        this.all = Md5.copy(from.all);
        this.inPart = from.inPart;
        this.parts = from.parts;
        this.lastPart = from.lastPart;
        this.etag = from.etag;
    }

    /** The same over the same bytes, to go on with from here. */
    CompositeMd5 copy() {
        return new CompositeMd5(this);
    }

    long partBytes() {
        return partBytes;
    }

    void update(byte[] bytes, int offset, int length) {
        int at = offset;
        int left = length;
        while (left > 0) {
            int now = (int) Math.min(left, partBytes - inPart);
            part.update(bytes, at, now);
            inPart += now;
            at += now;
            left -= now;
            if (inPart == partBytes) {
                endPart();
            }
        }
    }

    /** MD5 of the part that ended last. */
    byte[] lastPart() {
        return lastPart;
    }

    /** Ends a last part that is shorter than the others; does nothing if there is none. */
    void endLastPart() {
        if (inPart > 0) {
            endPart();
        }
    }

    private void endPart() {
        lastPart = part.digest();
        all.update(lastPart);
        parts++;
        inPart = 0;
    }

    /** The ETag, after the last byte. */
    String etag() {
        if (etag.isEmpty()) {
            endLastPart();
            etag = HexFormat.of().formatHex(all.digest()) + "-" + parts;
        }
        return etag;
    }
}
