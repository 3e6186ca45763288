package org.cchq.migrate.agent;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointPatience;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.kind.blobs.BlobDb;
import org.cchq.migrate.kind.metadata.MetadataVerification;
import org.cchq.migrate.store.blob.BlobStore;
import org.cchq.migrate.store.blob.FileSystemBlobStore;
import org.cchq.migrate.store.blob.S3BlobStore;
import org.cchq.migrate.store.blob.S3Tuning;
import org.cchq.migrate.store.blob.StoredBlob;

/** The stores of the blob database that HQ's settings select: while it migrates, the new one, then the old one. */
final class StoredBlobs implements MetadataVerification.BlobPresence, AutoCloseable {
    private static final int IN_FLIGHT = 16;

    private final List<BlobStore> stores;
    private final ExecutorService asking = Executors.newFixedThreadPool(IN_FLIGHT, task -> {
        Thread thread = new Thread(task, "stores");
        thread.setDaemon(true);
        return thread;
    });

    private StoredBlobs(List<BlobStore> stores) {
        this.stores = stores;
    }

    static StoredBlobs open(BlobDb db) throws UserException {
        List<BlobStore> stores = new ArrayList<>();
        boolean good = false;
        try {
            add(db, stores);
            good = true;
            return new StoredBlobs(stores);
        } finally {
            if (!good) {
                stores.forEach(BlobStore::close);
            }
        }
    }

    private static void add(BlobDb db, List<BlobStore> stores) throws UserException {
        if (db instanceof BlobDb.Migrating both) {
            add(both.target(), stores);
            add(both.source(), stores);
        } else if (db instanceof BlobDb.S3 s3) {
            stores.add(S3BlobStore.open(s3.settings(), S3Tuning.DEFAULT.withMaxConnections(IN_FLIGHT + 2)));
        } else if (db instanceof BlobDb.FileSystem files) {
            stores.add(new FileSystemBlobStore(files.directory()));
        }
    }

    /** Finds out that every store answers. */
    void probe() throws EndpointException, InterruptedException {
        for (BlobStore store : stores) {
            store.probeSource();
        }
    }

    /** Copies a blob to another key of the store that HQ writes to; false if no store has it. */
    boolean copy(String from, String to) throws EndpointException, InterruptedException {
        return new EndpointPatience(Sleeper.SYSTEM).ask(() -> {
            for (BlobStore store : stores) {
                Optional<StoredBlob> found = store.open(from);
                if (found.isPresent()) {
                    try (StoredBlob blob = found.get()) {
                        stores.get(0).putIfAbsent(to, blob);
                        return true;
                    }
                }
            }
            return false;
        });
    }

    @Override
    public Set<String> absent(Set<String> keys) throws EndpointException, InterruptedException {
        Map<String, Future<Boolean>> asked = new TreeMap<>();
        keys.forEach(key -> asked.put(key, asking.submit(() -> anyHas(key))));
        Set<String> absent = new HashSet<>();
        for (Map.Entry<String, Future<Boolean>> answer : asked.entrySet()) {
            try {
                if (!answer.getValue().get()) {
                    absent.add(answer.getKey());
                }
            } catch (ExecutionException e) {
                if (e.getCause() instanceof EndpointException endpoint) {
                    throw endpoint;
                }
                throw new IllegalStateException("asking a store failed", e);
            }
        }
        return absent;
    }

    private boolean anyHas(String key) throws EndpointException, InterruptedException {
        EndpointPatience patience = new EndpointPatience(Sleeper.SYSTEM);
        for (BlobStore store : stores) {
            if (patience.ask(() -> store.head(key)).isPresent()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        asking.shutdownNow();
        stores.forEach(BlobStore::close);
    }
}
