package org.cchq.migrate.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.store.blob.BlobInfo;
import org.cchq.migrate.store.blob.BlobPage;
import org.cchq.migrate.store.blob.BlobStore;
import org.cchq.migrate.store.blob.Capabilities;
import org.cchq.migrate.store.blob.PutResult;
import org.cchq.migrate.store.blob.StoredBlob;
import org.jspecify.annotations.Nullable;

/** Lists keys that a test made, more than a real server would take in the time; fails, and takes turns, on demand. */
public final class ListingOnlyStore implements BlobStore {
    private final SortedMap<String, Long> keys;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private @Nullable PageRounds rounds;
    private int failEvery;
    private Kind kind = Kind.UNREACHABLE;

    /** @param keys lengths by key, in byte order */
    public ListingOnlyStore(SortedMap<String, Long> keys) {
        this.keys = keys;
    }

    /** Fails every so many-th request. */
    public ListingOnlyStore failing(int every, Kind how) {
        failEvery = every;
        kind = how;
        return this;
    }

    /** Answers all pages that are asked for at once together. */
    public ListingOnlyStore inRounds(PageRounds together) {
        rounds = together;
        return this;
    }

    public int requests() {
        return requests.get();
    }

    public int failures() {
        return failures.get();
    }

    @Override
    public BlobPage list(String after) throws EndpointException, InterruptedException {
        int request = requests.incrementAndGet();
        if (rounds != null) {
            rounds.await();
        }
        if (failEvery > 0 && request % failEvery == 0) {
            failures.incrementAndGet();
            throw new EndpointException(description(), kind, "Tried to list but the test says no");
        }
        return page(after);
    }

    private BlobPage page(String after) {
        List<BlobPage.Entry> entries = new ArrayList<>();
        for (Map.Entry<String, Long> entry : keys.tailMap(after + '\0').entrySet()) {
            if (entries.size() == 1_000) {
                return new BlobPage(entries, true);
            }
            entries.add(new BlobPage.Entry(entry.getKey(), new BlobInfo(entry.getValue(), "")));
        }
        return new BlobPage(entries, false);
    }

    @Override
    public String description() {
        return "keys of a test";
    }

    @Override
    public Optional<StoredBlob> open(String key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<BlobInfo> head(String key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public PutResult putIfAbsent(String key, StoredBlob blob) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<PutResult> copyWithin(BlobStore source, String key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean delete(String key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Capabilities probeTarget() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void probeSource() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
