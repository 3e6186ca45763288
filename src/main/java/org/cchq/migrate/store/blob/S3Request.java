package org.cchq.migrate.store.blob;

/**
 * What both signature versions sign of a request of the data path.
 *
 * @param path as sent: encoded, with leading slash
 * @param resource what version 2 signs in its place: always begins with the bucket
 * @param query as sent, names in byte order, "" for none
 * @param contentMd5 Base64, "" for none
 * @param payloadHash SHA-256 of the body in hex, or {@link SigV4#UNSIGNED_PAYLOAD}; version 2 ignores it
 */
record S3Request(String method, String path, String resource, String query, String contentMd5, String payloadHash) {}
