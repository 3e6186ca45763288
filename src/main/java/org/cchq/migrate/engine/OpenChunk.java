package org.cchq.migrate.engine;

import java.time.Instant;
import java.util.Optional;

/**
 * A chunk that was begun and not finished; its items stay in the ledger.
 *
 * @param number unique in its ledger
 * @param again true for items that failed before and are counted already
 * @param lo ids are greater than this
 * @param hi highest id
 * @param ended when its last item ended; empty while items are open
 */
record OpenChunk(long number, boolean again, String partition, long lo, long hi, int count, Optional<Instant> ended) {}
