package org.cchq.migrate.contract;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.cchq.migrate.store.blob.BlobStore;

/** An empty bucket or directory for one contract test, the store over it, and a second way to look at it. */
public interface BlobStorePlace extends AutoCloseable {
    /** What a server or file system cannot do; declared, not found out by trying. */
    enum Limit {
        /** {@code a} and {@code a/b} cannot both be there. */
        NO_KEY_BELOW_ANOTHER,
        /** Keys with empty or {@code .} segments are refused. */
        FILE_TREE,
        /** Lists keys in the order of their UTF-16 form, which differs above U+FFFF. */
        UTF16_ORDER,
        /** Keys with {@code //} or {@code ./} or a trailing {@code /} do not work. */
        PLAIN_SEGMENTS,
        /** Of two writers at the same moment both may be told that they created the object. */
        RACY_CREATE
    }

    BlobStore store();

    Set<Limit> limits();

    /** Body of one request at most; blobs above go in parts. */
    int partBytes();

    /** Makes a key unreadable for the store's account; false if this place cannot. */
    boolean deny(String key) throws Exception;

    /** Metadata that is stored with an object, of any kind that a client can send; empty if this place cannot tell. */
    Optional<Map<String, String>> metadata(String key) throws Exception;

    /** Objects begun in parts and not finished; empty if this place cannot tell. */
    OptionalInt unfinishedUploads() throws Exception;

    /** A store that names a bucket or directory which does not exist. */
    BlobStore missing() throws Exception;

    /** A store with a wrong secret key; empty where there are none. */
    Optional<BlobStore> wrongSecret() throws Exception;

    @Override
    void close() throws Exception;
}
