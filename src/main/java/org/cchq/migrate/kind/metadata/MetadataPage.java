package org.cchq.migrate.kind.metadata;

import java.util.Optional;

/**
 * A page of a range, the item of the engine: cheap to list, and read again from its two ends if it has to be.
 *
 * @param number in its range, from 0
 * @param after where it begins, "" for the range's beginning
 * @param through where it ends
 * @param documents that were read
 * @param rows what it comes to; empty if it was taken from the ledger
 */
record MetadataPage(String range, long number, String after, String through, long documents, Optional<PageRows> rows) {}
