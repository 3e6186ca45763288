package org.cchq.migrate.engine;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A chunk whose items are being worked on. Thread-safe. */
final class ChunkRun {
    private final OpenChunk chunk;
    private final Map<Long, EndedItem> results = new LinkedHashMap<>();
    private boolean left;
    private boolean endClaimed;

    ChunkRun(OpenChunk chunk, Collection<EndedItem> endedEarlier) {
        this.chunk = chunk;
        endedEarlier.forEach(item -> results.put(item.id(), item));
    }

    OpenChunk chunk() {
        return chunk;
    }

    /** Notes a result; false if the chunk was left before. */
    synchronized boolean ended(EndedItem item) {
        if (left) {
            return false;
        }
        if (results.put(item.id(), item) != null) {
            throw new IllegalStateException("item " + item.id() + " of " + chunk.partition() + " ended twice");
        }
        return true;
    }

    synchronized boolean allEnded() {
        return results.size() == chunk.count();
    }

    /** True for exactly one caller, who ends the chunk. */
    synchronized boolean claimEnd() {
        boolean first = !endClaimed;
        endClaimed = true;
        return first;
    }

    synchronized List<EndedItem> results() {
        return List.copyOf(results.values());
    }

    /** Takes no more results. */
    synchronized List<EndedItem> leave() {
        left = true;
        return results();
    }
}
