package org.cchq.migrate.kind.blobs;

import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointPatience;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.store.blob.BlobComparison;
import org.cchq.migrate.store.blob.BlobInfo;
import org.cchq.migrate.store.blob.BlobPage;
import org.cchq.migrate.store.blob.BlobStore;
import org.cchq.migrate.store.blob.KeyIndex;
import org.jspecify.annotations.Nullable;

/**
 * What both stores had of each key when they were listed: one request for a thousand keys in place of two for each. Where
 * both listings show one length and one checksum the blobs are the same; every other key is asked for. Of no use where a
 * listing has no checksums (file system), and not made there.
 */
final class BothListings implements AutoCloseable {
    private static final int LISTERS = 4;

    private final @Nullable KeyIndex source;
    private final @Nullable KeyIndex target;

    private BothListings(@Nullable KeyIndex source, @Nullable KeyIndex target) {
        this.source = source;
        this.target = target;
    }

    static BothListings none() {
        return new BothListings(null, null);
    }

    /**
     * @param place beside the ledger; two directories are made with this beginning
     * @param told sentences for a person
     */
    static BothListings of(BlobStore source, BlobStore target, Path place, Consumer<String> told)
            throws EndpointException, InterruptedException {
        if (!hasChecksums(source) || !hasChecksums(target)) {
            return none();
        }
        told.accept("Listing both stores first: what both list alike costs no request.");
        KeyIndex old = index(source, place.resolveSibling(place.getFileName() + "-source"), told);
        try {
            return new BothListings(old, index(target, place.resolveSibling(place.getFileName() + "-target"), told));
        } catch (EndpointException | InterruptedException | RuntimeException e) {
            old.close();
            throw e;
        }
    }

    /** Keys that both stores list alike. */
    Predicate<String> alike() {
        return key -> {
            if (source == null || target == null) {
                return false;
            }
            OptionalLong old = source.length(key);
            return old.isPresent() && old.getAsLong() != BlobComparison.NO_STAMP && old.equals(target.length(key));
        };
    }

    private static boolean hasChecksums(BlobStore store) throws EndpointException, InterruptedException {
        BlobPage first = new EndpointPatience(Sleeper.SYSTEM).ask(() -> store.list(""));
        return first.entries().stream()
                .map(BlobPage.Entry::info)
                .map(BlobInfo::etag)
                .anyMatch(etag -> !etag.isEmpty());
    }

    private static KeyIndex index(BlobStore store, Path directory, Consumer<String> told)
            throws EndpointException, InterruptedException {
        KeyIndex index = KeyIndex.ofStamps(store, directory, LISTERS, Sleeper.SYSTEM, listed -> {
            if (listed % 1_000_000 == 0) {
                told.accept("Listed " + listed + " keys of " + store.description() + ".");
            }
        });
        told.accept("Listed " + index.size() + " keys of " + store.description() + ".");
        return index;
    }

    @Override
    public void close() {
        if (source != null) {
            source.close();
        }
        if (target != null) {
            target.close();
        }
    }
}
