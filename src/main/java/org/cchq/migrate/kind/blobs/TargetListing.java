package org.cchq.migrate.kind.blobs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointPatience;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.store.blob.BlobPage;
import org.cchq.migrate.store.blob.BlobStore;
import org.cchq.migrate.store.blob.KeyIndex;

/**
 * What is on the target already, so that a second pass costs listings and not a request per blob. A target with one page
 * of keys is held as it is; of a larger one a sample of rows is looked up first: where few of them are there, listing
 * would only delay the first blob.
 */
final class TargetListing implements AutoCloseable {
    /** Sampled rows of each shard. */
    private static final int SAMPLE = 8;
    /** Listing pays when at least one in this many sampled rows is there. */
    private static final int ONE_IN = 10;

    private static final int LISTERS = 4;

    private final boolean known;
    private final Function<String, OptionalLong> lengths;
    private final Optional<KeyIndex> index;

    private TargetListing(boolean known, Function<String, OptionalLong> lengths, Optional<KeyIndex> index) {
        this.known = known;
        this.lengths = lengths;
        this.index = index;
    }

    /** True if the whole target was listed, so that a key without a length was not there when the run began. */
    boolean known() {
        return known;
    }

    /**
     * @param lowWaterMarks where each shard's enumeration goes on
     * @param told sentences for a person
     */
    static TargetListing of(
            BlobStore target,
            BlobMetaTable rows,
            DateRange dates,
            Map<String, Long> lowWaterMarks,
            BackFillSpec.Listing when,
            Path directory,
            Consumer<String> told)
            throws EndpointException, InterruptedException {
        if (when == BackFillSpec.Listing.NEVER) {
            return none();
        }
        EndpointPatience patience = new EndpointPatience(Sleeper.SYSTEM);
        BlobPage first = patience.ask(() -> target.list(""));
        if (!first.more()) {
            return small(first);
        }
        if (when == BackFillSpec.Listing.AUTO && !muchIsThere(target, rows, dates, lowWaterMarks, patience)) {
            return none();
        }
        told.accept("Listing the target first: much of it seems to be there already.");
        KeyIndex index = KeyIndex.build(target, directory, LISTERS, Sleeper.SYSTEM, listed -> {
            if (listed % 1_000_000 == 0) {
                told.accept("Listed " + listed + " keys of the target.");
            }
        });
        told.accept("Listed " + index.size() + " keys of the target.");
        return new TargetListing(true, index::length, Optional.of(index));
    }

    /** Stored length of a key that was there when the run began; empty if it was not, or if nobody looked. */
    OptionalLong length(String key) {
        return lengths.apply(key);
    }

    private static TargetListing none() {
        return new TargetListing(false, key -> OptionalLong.empty(), Optional.empty());
    }

    private static TargetListing small(BlobPage page) {
        Map<String, Long> keys = new HashMap<>();
        page.entries().forEach(entry -> keys.put(entry.key(), entry.info().length()));
        return new TargetListing(
                true,
                key -> {
                    Long length = keys.get(key);
                    return length == null ? OptionalLong.empty() : OptionalLong.of(length);
                },
                Optional.empty());
    }

    private static boolean muchIsThere(
            BlobStore target,
            BlobMetaTable rows,
            DateRange dates,
            Map<String, Long> lowWaterMarks,
            EndpointPatience patience)
            throws EndpointException, InterruptedException {
        List<String> sample = new ArrayList<>();
        for (String shard : rows.shards()) {
            long after = lowWaterMarks.getOrDefault(shard, Long.MIN_VALUE);
            patience.ask(() -> rows.page(shard, after, SAMPLE, dates)).forEach(row -> sample.add(row.key()));
        }
        int there = 0;
        for (String key : sample) {
            there += patience.ask(() -> target.head(key)).isPresent() ? 1 : 0;
        }
        return there > 0 && there * ONE_IN >= sample.size();
    }

    @Override
    public void close() {
        index.ifPresent(KeyIndex::close);
    }
}
