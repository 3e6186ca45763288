package org.cchq.migrate.store.blob;

/**
 * What a target can do, found by trying.
 *
 * @param conditionalPut {@code If-None-Match: *} is honoured (412 for a key that exists)
 * @param etagIsMd5 the ETag of a single-part object is its MD5
 */
public record Capabilities(boolean conditionalPut, boolean etagIsMd5) {}
