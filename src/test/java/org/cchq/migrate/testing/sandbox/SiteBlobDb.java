package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.util.Optional;

/**
 * HQ's blob db: the store in use, and while blobs migrate the old one behind it. Writes go to the new store; reads ask the
 * new one, and the old one only when the new one has nothing; deletes go to both, always.
 */
record SiteBlobDb(PlainS3 current, Optional<PlainS3> old) {
    /** What boto does by itself: five tries where a connection breaks or a server is unwell. */
    private static final int TRIES = 5;

    /** A blob and where it was. */
    record Read(byte[] content, boolean fromOld) {}

    static SiteBlobDb of(SiteSettings settings) {
        return new SiteBlobDb(client(settings.store()), settings.old().map(SiteBlobDb::client));
    }

    private static PlainS3 client(SiteSettings.Store store) {
        return new PlainS3(
                store.url(),
                store.accessKey(),
                store.secretKey(),
                store.bucket(),
                S3Signature.of(store.signatureVersion()),
                TRIES);
    }

    void put(String key, byte[] content) throws IOException, InterruptedException {
        current.put(key, content);
    }

    /** Empty if it is in neither. */
    Optional<Read> get(String key) throws IOException, InterruptedException {
        Optional<byte[]> found = current.get(key);
        if (found.isPresent() || old.isEmpty()) {
            return found.map(content -> new Read(content, false));
        }
        return old.get().get(key).map(content -> new Read(content, true));
    }

    /** True if either had it. */
    boolean delete(String key) throws IOException, InterruptedException {
        boolean deleted = current.delete(key);
        return (old.isPresent() && old.get().delete(key)) || deleted;
    }

    /** Requests that were sent again. */
    long retries() {
        return current.retries() + old.map(PlainS3::retries).orElse(0L);
    }
}
