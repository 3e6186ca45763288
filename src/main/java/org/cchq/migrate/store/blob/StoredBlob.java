package org.cchq.migrate.store.blob;

import java.io.Closeable;
import java.io.InputStream;

/** A blob being read: what the store declares of it, and its stored bytes. Used by one thread. */
public interface StoredBlob extends Closeable {
    BlobInfo info();

    /** The stored bytes, never decoded. Fails with an {@link java.io.IOException} if the connection is lost. */
    InputStream body();

    @Override
    void close();
}
