package org.cchq.migrate.engine;

import java.util.Collection;
import java.util.List;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.migration.Finding;
import org.cchq.migrate.migration.Outcome;

/**
 * What a phase does with items of type {@code T}; the pipeline does the rest (chunks, workers, retry, ledger). Items
 * have an id that is unique and ascending within their partition. Implementations are thread-safe.
 */
public interface Work<T> {
    /** Independent sequences of items (shards), in the order in which they are begun. */
    List<String> partitions();

    /**
     * The next items of a partition, ids ascending and greater than {@code after} ({@link Long#MIN_VALUE} for the
     * beginning); empty at the end. A short page that is not empty is not the end.
     */
    List<T> page(String partition, long after, int limit) throws EndpointException, InterruptedException;

    /** The items that still exist of those ids; for failed items that are tried again. */
    List<T> reload(String partition, Collection<Long> ids) throws EndpointException, InterruptedException;

    long id(T item);

    /** Expected size, for chunks that are bounded in bytes too; 0 if unknown. */
    long bytes(T item);

    /** Items as the ledger keeps them while their chunk is open; {@link #decode} reads them back. */
    byte[] encode(List<T> items);

    List<T> decode(String partition, byte[] encoded) throws UserException;

    /**
     * One attempt at one item. Throws an {@link EndpointException}: the pipeline tries again if it is retryable, records
     * the item as denied or failed if not, and ends the run if the endpoint is {@code UNUSABLE}.
     */
    ItemResult process(T item) throws EndpointException, InterruptedException;

    /** The finding of an item that failed for good: denied or failed. */
    ItemResult failed(T item, EndpointException lastError);

    /**
     * The result of an item whose row is gone when its chunk is taken up after a crash: not processed again, but handed
     * to {@link #settle} as "not referenced", since the crashed process may have stored it.
     */
    default ItemResult vanished(T item) {
        EndpointException gone = new EndpointException("", EndpointException.Kind.REFUSED, "");
        Finding finding = failed(item, gone).finding().orElseThrow();
        return ItemResult.of(new Finding(
                finding.partition(),
                finding.id(),
                finding.key(),
                Outcome.NOT_REFERENCED,
                finding.record(),
                "its row was deleted while the run was down"));
    }

    /**
     * Called once the items of a chunk have ended and the settle time has passed (again after a crash): looks every item
     * up again and takes back what should not be there any more. Idempotent.
     *
     * @param items of one chunk. After a crash, "already there" and "not referenced" may be the crashed process's work,
     *     and "failed" may have been stored by an attempt whose answer was lost
     * @return changed results only
     */
    List<Settled<T>> settle(String partition, List<Settled<T>> items) throws EndpointException, InterruptedException;
}
