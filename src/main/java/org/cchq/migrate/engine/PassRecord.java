package org.cchq.migrate.engine;

import java.time.Instant;
import java.util.Optional;
import org.cchq.migrate.migration.Counts;

/**
 * A pass as the ledger knows it.
 *
 * @param number 1 for the first
 * @param sessions processes that worked on it
 * @param counts of finished chunks; what is in flight is not in them
 * @param remark why it was left ("cancelled by ..."); "" if it was not
 */
public record PassRecord(
        int number,
        PassState state,
        Instant started,
        Optional<Instant> ended,
        int sessions,
        Counts counts,
        String remark) {}
