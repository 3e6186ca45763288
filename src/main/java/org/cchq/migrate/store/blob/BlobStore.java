package org.cchq.migrate.store.blob;

import java.util.Optional;
import org.cchq.migrate.base.EndpointException;

/**
 * One end of a copy: blobs by key, as stored. Keys are HQ's {@code BlobMeta.key}, verbatim. Implementations are
 * thread-safe, block, and do not retry: each method is one attempt, and {@link EndpointException#retryable()} says
 * whether another may succeed. Only "no such key" (404) is "not found"; 403 is {@code DENIED}; a missing bucket, wrong
 * keys or a skewed clock are {@code UNUSABLE}.
 */
public interface BlobStore extends AutoCloseable {
    /** As a person names it, without credentials: {@code s3 http://10.1.2.3:8080 bucket blobdb}. */
    String description();

    /** Opens the stored bytes; empty if there is no such key. The caller closes it. */
    Optional<StoredBlob> open(String key) throws EndpointException, InterruptedException;

    /** Length and checksum as the store declares them; empty if there is no such key. */
    Optional<BlobInfo> head(String key) throws EndpointException, InterruptedException;

    /**
     * Stores a blob that is not there yet, streaming, in parts above the part size; compares length and checksum of what
     * was read with what the source declares <em>before</em> the last byte is sent, and of what was sent with what this
     * store answers. Never replaces an object: where the store has conditional writes they are used, elsewhere the key
     * is looked up first.
     *
     * <p>After a failure for which another attempt makes sense, what a large blob has got to the store is kept until the
     * next call for the key, which goes on from there if the source is still the same; {@link EndpointException#reached()}
     * tells how far that is. {@link #forget} ends it where there is no next call.
     *
     * @param blob read to its end, or from where an earlier attempt was interrupted; not closed
     * @return what is at the key now
     * @throws EndpointException {@code CORRUPT} if bytes were lost or changed on the way (nothing wrong stays stored)
     */
    PutResult putIfAbsent(String key, StoredBlob blob) throws EndpointException, InterruptedException;

    /** No attempt follows at this key: removes what an interrupted one has left. Does nothing if that is nothing. */
    default void forget(String key) {}

    /**
     * Copies inside the store without moving bytes through this process, if {@code source} is the same endpoint with the
     * same account; empty if that is not possible and the bytes have to be streamed.
     */
    Optional<PutResult> copyWithin(BlobStore source, String key) throws EndpointException, InterruptedException;

    /** Removes a blob; true if it was there or the store does not tell. */
    boolean delete(String key) throws EndpointException, InterruptedException;

    /**
     * Up to 1,000 keys in the store's byte order, strictly after {@code after} ("" for the beginning).
     */
    BlobPage list(String after) throws EndpointException, InterruptedException;

    /** Finds out, with a canary object that is removed again, what the store can do, and that the account may do it. */
    Capabilities probeTarget() throws EndpointException, InterruptedException;

    /** Finds out that the store can be read and listed with the account; changes nothing. */
    void probeSource() throws EndpointException, InterruptedException;

    @Override
    void close();
}
