package org.cchq.migrate.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.store.blob.BlobInfo;
import org.cchq.migrate.store.blob.BlobPage;
import org.cchq.migrate.store.blob.BlobStore;
import org.cchq.migrate.store.blob.Capabilities;
import org.cchq.migrate.store.blob.PutResult;
import org.cchq.migrate.store.blob.StoredBlob;

/** Lists keys that a test made, more than a real server would take in the time; fails, and takes time, on demand. */
public final class ListingOnlyStore implements BlobStore {
    private final SortedMap<String, Long> keys;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicInteger atOnce = new AtomicInteger();
    private final List<Integer> concurrency = new ArrayList<>();
    private Duration delay = Duration.ZERO;
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

    public ListingOnlyStore withDelay(Duration ofEachPage) {
        delay = ofEachPage;
        return this;
    }

    public int requests() {
        return requests.get();
    }

    public int failures() {
        return failures.get();
    }

    /** Requests that began while fewer others than that were under way. */
    public synchronized int requestsWithFewerThanAtOnce(int wanted) {
        return (int) concurrency.stream().filter(seen -> seen < wanted).count();
    }

    @Override
    public BlobPage list(String after) throws EndpointException {
        int request = requests.incrementAndGet();
        int now = atOnce.incrementAndGet();
        synchronized (this) {
            concurrency.add(now);
        }
        try {
            if (!delay.isZero()) {
                LockSupport.parkNanos(delay.toNanos());
            }
            if (failEvery > 0 && request % failEvery == 0) {
                failures.incrementAndGet();
                throw new EndpointException(description(), kind, "Tried to list but the test says no");
            }
            return page(after);
        } finally {
            atOnce.decrementAndGet();
        }
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
