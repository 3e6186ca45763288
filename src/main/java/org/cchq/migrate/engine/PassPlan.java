package org.cchq.migrate.engine;

import java.util.List;
import java.util.Map;
import org.cchq.migrate.migration.Counts;

/**
 * Where a pass stands when a process takes it up.
 *
 * @param number 1 for the first pass over everything
 * @param session of this pass: 1 for the first process that works on it
 * @param counts of items that ended in earlier sessions and whose chunk was finished
 * @param begun highest id of each partition that was handed to a chunk
 * @param chunks that were begun and not finished
 */
record PassPlan(int number, int session, Counts counts, Map<String, Long> begun, List<OpenChunk> chunks) {
    PassPlan {
        begun = Map.copyOf(begun);
        chunks = List.copyOf(chunks);
    }
}
