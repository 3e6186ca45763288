package org.cchq.migrate.store.blob;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/** A blob being read: what the store declares of it, and its stored bytes. Used by one thread. */
public interface StoredBlob extends Closeable {
    BlobInfo info();

    /** The stored bytes, never decoded. Fails with an {@link IOException} if the connection is lost. */
    InputStream body();

    /**
     * The stored bytes from this position on, in place of {@link #body()}, of which nothing was read. Reads over what is
     * before where the store cannot begin there.
     *
     * @throws IOException also if something else than {@link #info()} was stored meanwhile
     */
    default InputStream bodyFrom(long position) throws IOException, InterruptedException {
        InputStream all = body();
        all.skipNBytes(position);
        return all;
    }

    /**
     * Differs where other bytes were stored under the same key since: the ETag, or what the store has in its place. "" if
     * the store cannot tell.
     */
    default String version() {
        return info().etag();
    }

    @Override
    void close();
}
