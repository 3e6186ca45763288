package org.cchq.migrate.kind.metadata;

import java.util.List;
import org.cchq.migrate.base.EndpointException;

/** One of the parts that the migration goes through in turn: a CouchDB database, or an SQL model. Thread-safe. */
interface MetadataPart {
    /** The database's or the model's name. */
    String name();

    /** What is processed, as the first line lists it. */
    String types();

    /** Ranges that are read beside each other, each in its own order; the same in every run. */
    List<String> ranges();

    /** About how many documents or rows there are. */
    long total() throws EndpointException, InterruptedException;

    /**
     * The next page of a range.
     *
     * @param after where the one before ended; "" for the beginning
     */
    Page page(String range, String after, int limit) throws EndpointException, InterruptedException;

    /** A page again: from {@code after} to {@code through}, as it is now. */
    PageRows again(String range, String after, String through) throws EndpointException, InterruptedException;

    /** Some documents or rows, by id, as they are now; those that are gone are left out. */
    PageRows some(List<String> ids) throws EndpointException, InterruptedException;

    /**
     * @param through where it ends
     * @param end nothing more was there; then there are no documents either
     */
    record Page(PageRows rows, String through, boolean end) {}
}
