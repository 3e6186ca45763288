package org.cchq.migrate.kind.blobs;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.ItemResult;
import org.cchq.migrate.engine.Settled;
import org.cchq.migrate.engine.Work;
import org.cchq.migrate.migration.Finding;
import org.cchq.migrate.migration.Outcome;
import org.cchq.migrate.store.blob.BlobInfo;
import org.cchq.migrate.store.blob.BlobStore;
import org.cchq.migrate.store.blob.PutResult;
import org.cchq.migrate.store.blob.StoredBlob;

/**
 * Copies the blob of one row, and later looks whether the row is still there. The same for {@code migrate_backend} and
 * {@code migrate_backend_check}: what the target has is never read from the source again and never replaced. Thread-safe.
 */
final class BlobCopy implements Work<BlobMetaRow> {
    /** What happens to a blob whose row was deleted while it was copied. */
    enum Orphans {
        REMOVE,
        KEEP
    }

    /** Whether the target is asked before the source is read. */
    enum AskFirst {
        TARGET,
        SOURCE
    }

    /**
     * Which way it goes, as a person hears of it.
     *
     * @param rowDecides whether what only the target has is held against its row; else it is right as it is
     */
    record Way(String source, String target, boolean rowDecides) {
        static final Way FORTH = new Way("old", "new", true);
        static final Way BACK = new Way("new", "old", false);
    }

    private final BlobMetaTable rows;
    private final DateRange dates;
    private final Way way;
    private final BlobStore source;
    private final BlobStore target;
    private final Function<String, OptionalLong> onTarget;
    private final AskFirst askFirst;
    private final Orphans orphans;

    /** @param onTarget stored length of keys that are known to be on the target; empty if not known */
    BlobCopy(
            BlobMetaTable rows,
            DateRange dates,
            Way way,
            BlobStore source,
            BlobStore target,
            Function<String, OptionalLong> onTarget,
            AskFirst askFirst,
            Orphans orphans) {
        this.rows = rows;
        this.dates = dates;
        this.way = way;
        this.source = source;
        this.target = target;
        this.onTarget = onTarget;
        this.askFirst = askFirst;
        this.orphans = orphans;
    }

    @Override
    public List<String> partitions() {
        return rows.shards();
    }

    @Override
    public List<BlobMetaRow> page(String shard, long after, int limit) throws EndpointException, InterruptedException {
        return rows.page(shard, after, limit, dates);
    }

    @Override
    public List<BlobMetaRow> reload(String shard, Collection<Long> ids) throws EndpointException, InterruptedException {
        return rows.reload(shard, ids);
    }

    @Override
    public long id(BlobMetaRow row) {
        return row.id();
    }

    @Override
    public long bytes(BlobMetaRow row) {
        return row.storedLength();
    }

    @Override
    public byte[] encode(List<BlobMetaRow> chunk) {
        return RowCodec.encode(chunk);
    }

    @Override
    public List<BlobMetaRow> decode(String shard, byte[] encoded) throws UserException {
        return RowCodec.decode(shard, encoded);
    }

    @Override
    public ItemResult process(BlobMetaRow row) throws EndpointException, InterruptedException {
        ItemResult result = attempt(row);
        // An attempt before this one may have left the beginning of an upload that nobody needs any more.
        target.forget(row.key());
        return result;
    }

    private ItemResult attempt(BlobMetaRow row) throws EndpointException, InterruptedException {
        OptionalLong listed = onTarget.apply(row.key());
        if (listed.isPresent()) {
            return listed.getAsLong() == row.storedLength()
                    ? ItemResult.of(Outcome.ALREADY_THERE, 0)
                    : compare(row, listed.getAsLong());
        }
        if (askFirst == AskFirst.TARGET) {
            Optional<BlobInfo> there = target.head(row.key());
            if (there.isPresent()) {
                return there.get().length() == row.storedLength()
                        ? ItemResult.of(Outcome.ALREADY_THERE, 0)
                        : compare(row, there.get().length());
            }
        }
        Optional<PutResult> within = target.copyWithin(source, row.key());
        if (within.isPresent()) {
            return result(row, within.get());
        }
        Optional<StoredBlob> found = source.open(row.key());
        if (found.isEmpty()) {
            return notInSource(row);
        }
        try (StoredBlob blob = found.get()) {
            return result(row, target.putIfAbsent(row.key(), blob));
        }
    }

    /** The target has something whose length is not the row's; rows may be wrong, so the source decides. */
    private ItemResult compare(BlobMetaRow row, long length) throws EndpointException, InterruptedException {
        Optional<BlobInfo> old = source.head(row.key());
        if (old.isEmpty()) {
            return notInSource(row);
        }
        if (old.get().length() == length) {
            return ItemResult.of(Outcome.ALREADY_THERE, 0);
        }
        if (rowSays(row, length)) {
            return ItemResult.of(Outcome.ALREADY_THERE, 0);
        }
        return ItemResult.of(finding(
                row,
                Outcome.DIFFERS,
                way.source() + " has " + old.get().length() + " bytes, " + way.target() + " has " + length + "; "
                        + way.target() + " was left as it is"));
    }

    /**
     * Whether the site has stored the new one since the row was read: HQ compresses a form's XML under the same key. A row
     * that says 0 does not know.
     */
    private boolean rowSays(BlobMetaRow row, long length) throws EndpointException, InterruptedException {
        if (length == 0) {
            return false;
        }
        return row.storedLength() == length
                || rows.reload(row.shard(), List.of(row.id())).stream().anyMatch(now -> now.storedLength() == length);
    }

    private ItemResult notInSource(BlobMetaRow row) throws EndpointException, InterruptedException {
        Optional<BlobInfo> there = target.head(row.key());
        if (there.isPresent()) {
            return onlyOnTarget(row, there.get().length());
        }
        OptionalLong appeared = lengthOnTarget(row.key());
        if (appeared.isPresent()) {
            return onlyOnTarget(row, appeared.getAsLong());
        }
        boolean gone = rows.reload(row.shard(), List.of(row.id())).isEmpty();
        return ItemResult.of(
                gone
                        ? finding(row, Outcome.NOT_REFERENCED, "its row was deleted meanwhile")
                        : finding(row, Outcome.MISSING_ON_SOURCE, "in neither store"));
    }

    /** Asked with GET: the answer to HEAD does not tell a missing key from a missing bucket, where nothing is missing. */
    private OptionalLong lengthOnTarget(String key) throws EndpointException, InterruptedException {
        Optional<StoredBlob> there = target.open(key);
        if (there.isEmpty()) {
            return OptionalLong.empty();
        }
        try (StoredBlob blob = there.get()) {
            return OptionalLong.of(blob.info().length());
        }
    }

    /** Only the row is left to compare with; it is read again, for the site may have changed it with the blob. */
    private ItemResult onlyOnTarget(BlobMetaRow row, long length) throws EndpointException, InterruptedException {
        if (!way.rowDecides()
                || row.mayHaveStored(length)
                || rows.reload(row.shard(), List.of(row.id())).stream().anyMatch(now -> now.mayHaveStored(length))) {
            return ItemResult.of(Outcome.ALREADY_THERE, 0);
        }
        String compressed = row.compressedLength().isPresent()
                ? ", stored compressed in " + row.compressedLength().getAsLong()
                : "";
        return ItemResult.of(finding(
                row,
                Outcome.DIFFERS,
                "new has " + length + " bytes, its row says " + row.contentLength() + compressed
                        + "; old has none to compare with; new was left as it is"));
    }

    private ItemResult result(BlobMetaRow row, PutResult put) throws EndpointException, InterruptedException {
        return switch (put.effect()) {
            case CREATED -> ItemResult.of(Outcome.COPIED, put.length());
            case SAME -> ItemResult.of(Outcome.ALREADY_THERE, 0);
            case DIFFERENT -> different(row, put.length());
        };
    }

    /** Two blobs of one length that are not the same, or of two lengths. */
    private ItemResult different(BlobMetaRow row, long length) throws EndpointException, InterruptedException {
        boolean sameLength =
                source.head(row.key()).filter(old -> old.length() == length).isPresent();
        return sameLength
                ? ItemResult.of(finding(
                        row, Outcome.DIFFERS, way.target() + " has " + length + " other bytes; it was left as it is"))
                : compare(row, length);
    }

    @Override
    public ItemResult failed(BlobMetaRow row, EndpointException lastError) {
        target.forget(row.key());
        Outcome outcome = lastError.kind() == EndpointException.Kind.DENIED ? Outcome.DENIED : Outcome.FAILED;
        return ItemResult.of(finding(row, outcome, String.valueOf(lastError.getMessage())));
    }

    /**
     * HQ deletes a blob from both stores first and its row last, so a row that is gone after the settle time means that
     * the blob is gone on purpose, and that what this copy may have written in between is an orphan.
     */
    @Override
    public List<Settled<BlobMetaRow>> settle(String shard, List<Settled<BlobMetaRow>> items)
            throws EndpointException, InterruptedException {
        Set<Long> alive = rows
                .reload(
                        shard,
                        items.stream().map(settled -> settled.item().id()).toList())
                .stream()
                .map(BlobMetaRow::id)
                .collect(Collectors.toCollection(HashSet::new));
        List<Settled<BlobMetaRow>> gone = items.stream()
                .filter(settled -> !alive.contains(settled.item().id()))
                .toList();
        if (gone.isEmpty()) {
            return List.of();
        }
        // A key may be shared by rows of other shards, and a row may have got another id.
        Set<String> stillReferenced =
                rows.existing(gone.stream().map(settled -> settled.item().key()).toList());
        List<Settled<BlobMetaRow>> changed = new ArrayList<>();
        for (Settled<BlobMetaRow> settled : gone) {
            if (!stillReferenced.contains(settled.item().key())) {
                changed.add(new Settled<>(settled.item(), deletedMeanwhile(settled)));
            }
        }
        return changed;
    }

    private ItemResult deletedMeanwhile(Settled<BlobMetaRow> settled) throws EndpointException, InterruptedException {
        BlobMetaRow row = settled.item();
        Outcome ended = settled.result().outcome();
        boolean mayBeOurs = !Set.of(
                        Outcome.MISSING_ON_SOURCE,
                        Outcome.MISSING_ON_TARGET,
                        Outcome.ONLY_ON_TARGET,
                        Outcome.DENIED,
                        Outcome.DIFFERS)
                .contains(ended);
        if (!mayBeOurs || target.head(row.key()).isEmpty()) {
            return ItemResult.of(finding(row, Outcome.NOT_REFERENCED, "its row was deleted meanwhile"));
        }
        if (orphans == Orphans.KEEP) {
            return ItemResult.of(
                    finding(row, Outcome.NOT_REFERENCED, "orphan: its row was deleted while it was copied; kept"));
        }
        target.delete(row.key());
        Finding removed = finding(
                row,
                Outcome.NOT_REFERENCED,
                "its row was deleted while it was copied; removed from " + way.target() + " again");
        return new ItemResult(Outcome.NOT_REFERENCED, 0, true, Optional.of(removed));
    }

    static Finding finding(BlobMetaRow row, Outcome outcome, String detail) {
        return new Finding(row.shard(), row.id(), row.key(), outcome, MigrationLog.fields(row), detail);
    }
}
