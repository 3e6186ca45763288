package org.cchq.migrate.store.blob;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.jspecify.annotations.Nullable;

/**
 * An upload in parts as far as it has got: what the next attempt needs to go on after the last part that the target has.
 * Used by one attempt at a time.
 */
final class BegunUpload {
    /** So many attempts in a row that got no further, each refused: then it may be the upload that is in the way. */
    private static final int STUCK_ATTEMPTS = 3;

    private final String key;
    private final String id;
    private final String version;
    private final long length;
    private final long partBytes;
    private final List<String> etags = new ArrayList<>();
    private @Nullable Checksums checksums;
    private boolean completing;
    private String completedAs = "";
    private boolean over;
    private boolean useless;
    private long stepsBefore;
    private int stuck;

    /** @param version of the source: {@link StoredBlob#version()} */
    BegunUpload(String key, String id, String version, long length, long partBytes) {
        this.key = key;
        this.id = id;
        this.version = version;
        this.length = length;
        this.partBytes = partBytes;
    }

    String key() {
        return key;
    }

    String id() {
        return id;
    }

    /** Whether it is one of this source in parts of this size. A source without a version may always be another. */
    boolean isOf(String sourceVersion, long sourceLength, long size) {
        return !version.isEmpty() && version.equals(sourceVersion) && length == sourceLength && partBytes == size;
    }

    /** ETags of the parts that the target has, in their order. */
    List<String> etags() {
        return List.copyOf(etags);
    }

    int nextPart() {
        return etags.size() + 1;
    }

    /** Bytes that the target has. */
    long position() {
        return Math.min(length, etags.size() * partBytes);
    }

    /** Length of the next part; 0 after the last. */
    long nextBytes() {
        return Math.min(partBytes, length - position());
    }

    /** The target has the next part. */
    void stored(String etag) {
        etags.add(etag);
    }

    /** The same, of bytes that were read. */
    void stored(String etag, Checksums upToHere) {
        stored(etag);
        checksums = upToHere;
    }

    /** The source, to be read on from where the target has it. */
    SourceReader readOn(SourceReader fresh) {
        Checksums before = checksums;
        return before == null ? fresh : fresh.goingOn(position(), before);
    }

    /** Whether the target may have made the object already. */
    boolean completing() {
        return completing;
    }

    void beginCompleting() {
        completing = true;
    }

    /** The target has made the object, as it says. */
    void completed(String etag) {
        completedAs = etag;
        over = true;
    }

    /** The ETag with which the target made the object, "" if it has not said so or not told. */
    String completedAs() {
        return completedAs;
    }

    /** The target does not know it any more. */
    void vanished() {
        over = true;
        useless = true;
    }

    /** No later attempt can make something right of it. */
    void spoilt() {
        useless = true;
    }

    /** Whether there is nothing left to abort. */
    boolean over() {
        return over;
    }

    /** An attempt takes it up. */
    Optional<BegunUpload> takenUp() {
        stepsBefore = steps();
        return Optional.of(this);
    }

    /** Whether another attempt should go on with it after this failure. */
    boolean mayGoOn(EndpointException failure) {
        boolean refused = failure.kind() == Kind.SERVER_ERROR || failure.kind() == Kind.CORRUPT;
        stuck = steps() > stepsBefore ? 0 : stuck + (refused ? 1 : 0);
        return failure.retryable() && !useless && stuck < STUCK_ATTEMPTS;
    }

    /** Steps done: begun, the parts, asked to be completed, completed. */
    long steps() {
        return 1L + etags.size() + (completing ? 1 : 0) + (over ? 1 : 0);
    }
}
