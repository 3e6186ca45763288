package org.cchq.migrate.store.blob;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers what was read where it did not match the source's ETag. Some servers' ETags are no checksums though they
 * look like one (encryption with KMS). One mismatch may be a bit lost on the way; the same bytes read twice are what is
 * stored. Thread-safe; keeps the last {@value #ENTRIES}.
 */
final class EtagMemory {
    private static final int ENTRIES = 4_096;

    private final Map<String, String> read = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > ENTRIES;
        }
    };

    /** Notes a mismatch; true if the same bytes were read under this ETag before. */
    synchronized boolean readBefore(String key, String etag, String computed) {
        return computed.equals(read.put(key + '\n' + etag, computed));
    }
}
