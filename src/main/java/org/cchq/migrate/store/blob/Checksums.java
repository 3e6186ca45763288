package org.cchq.migrate.store.blob;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The checksums of a blob that source and target may declare of it, and no others, computed over its bytes in their order.
 * Used by one thread.
 */
final class Checksums {
    private final long length;
    private final long tuningPartBytes;
    private final MessageDigest whole;
    private final @Nullable CompositeMd5 target;
    private final List<CompositeMd5> composites;
    private boolean needsWhole;
    private byte[] md5 = {};
    private boolean ended;

    /**
     * @param declared of the source
     * @param targetPartBytes part size at the target, 0 for a body in one piece
     * @param tuningPartBytes the part size with which a run of ours may have written the source
     * @param proven no MD5 of the whole is needed: the target compares it
     */
    Checksums(BlobInfo declared, long targetPartBytes, long tuningPartBytes, boolean proven) {
        this.length = declared.length();
        this.tuningPartBytes = tuningPartBytes;
        this.whole = Md5.digest();
        this.target = targetPartBytes == 0 ? null : new CompositeMd5(targetPartBytes);
        this.composites = new ArrayList<>(0);
        this.needsWhole = !proven && (targetPartBytes == 0 || EtagForm.of(declared.etag()) == EtagForm.MD5);
        addComposites(declared.etag());
    }

    private Checksums(Checksums from) {
        this.length = from.length;
        this.tuningPartBytes = from.tuningPartBytes;
        this.whole = Md5.copy(from.whole);
        this.target = from.target == null ? null : from.target.copy();
        this.composites = new ArrayList<>(from.composites.size());
        for (CompositeMd5 composite : from.composites) {
            CompositeMd5 own = target;
            composites.add(composite == from.target && own != null ? own : composite.copy());
        }
        this.needsWhole = from.needsWhole;
        this.md5 = from.md5;
        this.ended = from.ended;
    }

    /** The same over the same bytes, to go on with from here. */
    Checksums copy() {
        return new Checksums(this);
    }

    /** Into how many parts of a size a blob goes. */
    static long partsOf(long length, long partBytes) {
        return (length + partBytes - 1) / partBytes;
    }

    /** Also those that this ETag may be; before the first byte. */
    void addComposites(String etag) {
        if (EtagForm.of(etag) == EtagForm.COMPOSITE) {
            addComposite(SourceReader.HQ_PART_BYTES, etag);
            addComposite(tuningPartBytes, etag);
        }
    }

    private void addComposite(long partBytes, String etag) {
        boolean known = composites.stream().anyMatch(composite -> composite.partBytes() == partBytes);
        if (!known && partsOf(length, partBytes) == EtagForm.parts(etag)) {
            composites.add(target != null && target.partBytes() == partBytes ? target : new CompositeMd5(partBytes));
        }
    }

    boolean needsWhole() {
        return needsWhole;
    }

    /** Also the MD5 of the whole; before the first byte. */
    void needWhole() {
        needsWhole = true;
    }

    /** All bytes at once, also those that this ETag may be; where it had been left to somebody else to prove them. */
    void ofAll(byte[] bytes, int count, String etag) {
        needsWhole = true;
        ended = false;
        addComposites(etag);
        update(bytes, count);
    }

    void update(byte[] bytes, int count) {
        if (needsWhole) {
            whole.update(bytes, 0, count);
        }
        if (target != null) {
            target.update(bytes, 0, count);
        }
        for (CompositeMd5 composite : composites) {
            if (composite != target) {
                composite.update(bytes, 0, count);
            }
        }
    }

    /** MD5 of the target's part that was read last. */
    byte[] lastPart(boolean atTheEnd) {
        CompositeMd5 parts = target;
        if (parts == null) {
            throw new IllegalStateException("not read in parts");
        }
        if (atTheEnd) {
            parts.endLastPart();
        }
        return parts.lastPart();
    }

    /** After the last byte. */
    void end() {
        if (!ended && needsWhole) {
            md5 = whole.digest();
        }
        ended = true;
    }

    /** The MD5 of the whole is this, as somebody else has found. */
    void proven(byte[] known) {
        md5 = known;
        ended = true;
    }

    /** MD5 of the whole, after the end. Empty if nobody needed it. */
    byte[] md5() {
        return md5;
    }

    /** The ETag that the target should have, after the end. */
    String targetEtag() {
        return target == null ? HexFormat.of().formatHex(md5) : target.etag();
    }

    /** What the source's ETag may be, after the end; empty if that is no checksum that can be computed. */
    List<String> ofSource(String etag) {
        List<String> computed = new ArrayList<>(1);
        if (EtagForm.of(etag) == EtagForm.MD5) {
            computed.add(HexFormat.of().formatHex(md5));
        }
        for (CompositeMd5 composite : composites) {
            computed.add(composite.etag());
        }
        return computed;
    }

    /** Whether one of them is this ETag, after the end. */
    boolean match(String etag) {
        String wanted = etag.toLowerCase(Locale.ROOT);
        return HexFormat.of().formatHex(md5).equals(wanted)
                || (target != null && target.etag().equals(wanted))
                || composites.stream().anyMatch(composite -> composite.etag().equals(wanted));
    }
}
