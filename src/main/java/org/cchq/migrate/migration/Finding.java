package org.cchq.migrate.migration;

import java.util.Objects;

/**
 * An item that a person has to hear of; listed in the ledger and in the log.
 *
 * @param partition shard alias
 * @param id row id, unique in its partition only
 * @param key what the item is called in the stores
 * @param outcome how it ended
 * @param record the item as the log shows it: one JSON object without its error field
 * @param detail what happened, in words; "" if the outcome says it all; never holds a secret
 */
public record Finding(String partition, long id, String key, Outcome outcome, String record, String detail) {
    public Finding {
        Objects.requireNonNull(partition);
        Objects.requireNonNull(key);
        Objects.requireNonNull(outcome);
        Objects.requireNonNull(record);
        Objects.requireNonNull(detail);
    }
}
