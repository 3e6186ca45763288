package org.cchq.migrate.store.blob;

import java.io.IOException;
import org.cchq.migrate.base.EndpointException;

/** Reading a {@link StoredBlob} failed; tells which store, and what kind of trouble it is, through the stream. */
public final class BlobReadException extends IOException {
    private final EndpointException failure;

    public BlobReadException(EndpointException failure) {
        super(failure.getMessage(), failure);
        this.failure = failure;
    }

    /** The same as the stores throw it. */
    public EndpointException failure() {
        return failure;
    }
}
