package org.cchq.migrate.kind.blobs;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.ItemResult;
import org.cchq.migrate.engine.Settled;
import org.cchq.migrate.engine.Work;
import org.cchq.migrate.migration.Outcome;
import org.cchq.migrate.store.blob.BlobComparison;
import org.cchq.migrate.store.blob.BlobInfo;
import org.cchq.migrate.store.blob.BlobStore;

/**
 * Holds the blob of one row in both stores against each other, byte for byte where no checksum tells, and fills a gap with
 * the back-fill's own copy. Believes nothing that another run or another tool has said. A difference is looked at again
 * before it is one: the site deletes blobs, and compresses forms under their keys. Thread-safe.
 */
final class BlobVerification implements Work<BlobMetaRow> {
    /** Looks at a blob that changes under the eyes of the comparison. */
    private static final int LOOKS = 4;

    private final BlobCopy copy;
    private final BlobMetaTable rows;
    private final BlobStore source;
    private final BlobStore target;
    private final Predicate<String> listedAlike;
    private final BlobComparison comparison;
    private final boolean reportOnly;

    /**
     * @param copy fills gaps
     * @param listedAlike keys that both listings have with one length and one checksum
     */
    BlobVerification(
            BlobCopy copy,
            BlobMetaTable rows,
            BlobStore source,
            BlobStore target,
            Predicate<String> listedAlike,
            BackFillSpec.Verify how) {
        this.copy = copy;
        this.rows = rows;
        this.source = source;
        this.target = target;
        this.listedAlike = listedAlike;
        this.comparison = new BlobComparison(source, target, how.readAll());
        this.reportOnly = how.reportOnly();
    }

    @Override
    public List<String> partitions() {
        return copy.partitions();
    }

    @Override
    public List<BlobMetaRow> page(String shard, long after, int limit) throws EndpointException, InterruptedException {
        return copy.page(shard, after, limit);
    }

    @Override
    public List<BlobMetaRow> reload(String shard, Collection<Long> ids) throws EndpointException, InterruptedException {
        return copy.reload(shard, ids);
    }

    @Override
    public long id(BlobMetaRow row) {
        return copy.id(row);
    }

    @Override
    public long bytes(BlobMetaRow row) {
        return copy.bytes(row);
    }

    @Override
    public byte[] encode(List<BlobMetaRow> chunk) {
        return copy.encode(chunk);
    }

    @Override
    public List<BlobMetaRow> decode(String shard, byte[] encoded) throws UserException {
        return copy.decode(shard, encoded);
    }

    @Override
    public ItemResult failed(BlobMetaRow row, EndpointException lastError) {
        return copy.failed(row, lastError);
    }

    @Override
    public ItemResult process(BlobMetaRow row) throws EndpointException, InterruptedException {
        return listedAlike.test(row.key()) ? ItemResult.of(Outcome.ALREADY_THERE, 0) : look(row);
    }

    private ItemResult look(BlobMetaRow row) throws EndpointException, InterruptedException {
        Optional<ItemResult> last = Optional.empty();
        for (int look = 1; look <= LOOKS; look++) {
            Optional<BlobInfo> old = source.head(row.key());
            Optional<BlobInfo> now = target.head(row.key());
            if (now.isEmpty()) {
                return old.isPresent() && reportOnly ? missingOnTarget(row) : copy.process(row);
            }
            if (old.isEmpty()) {
                return onlyOnTarget(row);
            }
            BlobComparison.Result compared = comparison.compare(row.key(), old.get(), now.get());
            if (compared.verdict() == BlobComparison.Verdict.SAME) {
                return ItemResult.of(Outcome.ALREADY_THERE, 0);
            }
            if (compared.verdict() == BlobComparison.Verdict.DIFFERENT) {
                if (explained(row, old.get(), now.get())) {
                    return ItemResult.of(Outcome.ALREADY_THERE, 0);
                }
                last = Optional.of(
                        ItemResult.of(BlobCopy.finding(row, Outcome.DIFFERS, compared.detail() + "; left as it is")));
                if (old.equals(source.head(row.key())) && now.equals(target.head(row.key()))) {
                    break;
                }
            }
        }
        return last.orElseGet(() -> ItemResult.of(
                BlobCopy.finding(row, Outcome.FAILED, "it changed each time it was compared; look again later")));
    }

    /** Deleted, or stored anew by the site since it was copied: its row, read again, has the length of the new one. */
    private boolean explained(BlobMetaRow row, BlobInfo old, BlobInfo now)
            throws EndpointException, InterruptedException {
        return old.length() != now.length()
                && now.length() != 0
                && rows.reload(row.shard(), List.of(row.id())).stream()
                        .anyMatch(
                                again -> again.compressedLength().isPresent() && again.storedLength() == now.length());
    }

    private ItemResult missingOnTarget(BlobMetaRow row) throws EndpointException, InterruptedException {
        if (rows.reload(row.shard(), List.of(row.id())).isEmpty()) {
            return ItemResult.of(BlobCopy.finding(row, Outcome.NOT_REFERENCED, "its row was deleted meanwhile"));
        }
        return ItemResult.of(BlobCopy.finding(row, Outcome.MISSING_ON_TARGET, "old has it; nothing was copied"));
    }

    /** The back-fill's own judgement, with its row read again. */
    private ItemResult onlyOnTarget(BlobMetaRow row) throws EndpointException, InterruptedException {
        ItemResult judged = copy.process(row);
        return judged.outcome() == Outcome.ALREADY_THERE ? ItemResult.of(Outcome.ONLY_ON_TARGET, 0) : judged;
    }

    /** Deletions as the back-fill settles them; and a difference whose row has changed since is looked at again. */
    @Override
    public List<Settled<BlobMetaRow>> settle(String shard, List<Settled<BlobMetaRow>> items)
            throws EndpointException, InterruptedException {
        List<Settled<BlobMetaRow>> changed = new ArrayList<>(copy.settle(shard, items));
        Set<Long> gone = new HashSet<>();
        changed.forEach(settled -> gone.add(settled.item().id()));
        List<BlobMetaRow> differing = items.stream()
                .filter(settled -> settled.result().outcome() == Outcome.DIFFERS)
                .map(Settled::item)
                .filter(row -> !gone.contains(row.id()))
                .toList();
        Map<Long, BlobMetaRow> again = new HashMap<>();
        rows.reload(shard, differing.stream().map(BlobMetaRow::id).toList()).forEach(row -> again.put(row.id(), row));
        for (BlobMetaRow row : differing) {
            BlobMetaRow now = again.get(row.id());
            if (now != null && now.storedLength() != row.storedLength()) {
                lookAgain(now).ifPresent(result -> changed.add(new Settled<>(row, result)));
            }
        }
        return changed;
    }

    /** Empty if it cannot be looked at now: then what was found before stays. */
    private Optional<ItemResult> lookAgain(BlobMetaRow row) throws EndpointException, InterruptedException {
        try {
            return Optional.of(look(row));
        } catch (EndpointException e) {
            if (e.retryable() || e.kind() == EndpointException.Kind.UNUSABLE) {
                throw e;
            }
            return Optional.empty();
        }
    }
}
