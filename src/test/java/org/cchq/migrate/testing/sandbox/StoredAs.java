package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * One row of blobs_blobmeta and what the store must hold for it.
 *
 * @param contentLength as in the row: bytes before compression, or wrong where old metadata is wrong
 * @param compressedLength as in the row: bytes stored, only for what is stored gzipped
 * @param temporary with an expiry date; deleting it leaves no row in blobs_deletedblobmeta
 * @param sha256 of the stored bytes, in hex
 * @param size stored bytes
 */
record StoredAs(
        String domain,
        String parentId,
        String name,
        String key,
        int typeCode,
        Instant createdOn,
        boolean temporary,
        long contentLength,
        OptionalLong compressedLength,
        String sha256,
        long size) {
    static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static String sha256(InputStream content) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        byte[] buffer = new byte[64 << 10];
        for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
            digest.update(buffer, 0, read);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** As an object of JSON. */
    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("domain", domain);
        fields.put("parent_id", parentId);
        fields.put("name", name);
        fields.put("key", key);
        fields.put("type_code", typeCode);
        fields.put("created_on", createdOn.toString());
        fields.put("temporary", temporary);
        fields.put("content_length", contentLength);
        compressedLength.ifPresent(length -> fields.put("compressed_length", length));
        fields.put("sha256", sha256);
        fields.put("size", size);
        return fields;
    }

    /** From {@link #fields()}. */
    static StoredAs of(Map<?, ?> fields) {
        return new StoredAs(
                text(fields, "domain"),
                text(fields, "parent_id"),
                text(fields, "name"),
                text(fields, "key"),
                (int) number(fields, "type_code"),
                Instant.parse(text(fields, "created_on")),
                Boolean.TRUE.equals(fields.get("temporary")),
                number(fields, "content_length"),
                fields.containsKey("compressed_length")
                        ? OptionalLong.of(number(fields, "compressed_length"))
                        : OptionalLong.empty(),
                text(fields, "sha256"),
                number(fields, "size"));
    }

    private static String text(Map<?, ?> fields, String name) {
        return Objects.requireNonNull(fields.get(name), name).toString();
    }

    private static long number(Map<?, ?> fields, String name) {
        return ((Number) Objects.requireNonNull(fields.get(name), name)).longValue();
    }

    /** The same row after the site has stored these gzipped bytes in place of the plain ones. */
    StoredAs compressed(byte[] stored) {
        return new StoredAs(
                domain,
                parentId,
                name,
                key,
                typeCode,
                createdOn,
                temporary,
                /* contentLength= */ size,
                OptionalLong.of(stored.length),
                sha256(stored),
                stored.length);
    }

    /** The database that holds the row. */
    String alias() {
        return ParentShard.aliasOf(parentId);
    }
}
