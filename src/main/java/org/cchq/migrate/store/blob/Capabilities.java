package org.cchq.migrate.store.blob;

/**
 * What a target can do, found by trying.
 *
 * @param conditionalPut {@code If-None-Match: *} is honoured (412 for a key that exists)
 * @param etagIsMd5 the ETag of a single-part object is its MD5
 * @param checksContentMd5 a body that is not what its {@code Content-MD5} says is refused and not stored
 * @param largestPut largest body of one request that it, and a proxy before it, were seen to let in; in bytes. 0 if
 *     that is not known: then no body is larger than a part
 */
public record Capabilities(boolean conditionalPut, boolean etagIsMd5, boolean checksContentMd5, long largestPut) {}
