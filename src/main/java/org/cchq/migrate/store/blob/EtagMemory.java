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

    private boolean checksums = true;

    /** Notes a mismatch; true if the same bytes were read under this ETag before. */
    synchronized boolean readBefore(String key, String etag, String computed) {
        boolean again = computed.equals(read.put(key + '\n' + etag, computed));
        if (again) {
            checksums = false;
        }
        return again;
    }

    /** Notes that somebody else found the bytes not to be those of the ETag: they have to be read and computed here. */
    synchronized void doubt(String key, String etag) {
        read.putIfAbsent(key + '\n' + etag, "");
    }

    /** Whether an ETag that looks like an MD5 may be told to a target as one, without computing it. */
    synchronized boolean trusts(String key, String etag) {
        return checksums && !read.containsKey(key + '\n' + etag);
    }
}
