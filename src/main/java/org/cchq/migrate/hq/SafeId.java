package org.cchq.migrate.hq;

/** A document's id as it is part of the key of a blob of before the metadata: {@code <database>/<safe id>/<identifier>}. */
public final class SafeId {
    private SafeId() {}

    /** The id itself, or {@code sha1-} and its SHA-1 in hex where it has other characters than keys may have. */
    public static String of(String id) {
        return isSafe(id) ? id : "sha1-" + Sha1.hex(id);
    }

    private static boolean isSafe(String id) {
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            if (!letter && !(c >= '0' && c <= '9') && "_./{}-".indexOf(c) < 0) {
                return false;
            }
        }
        return !id.isEmpty();
    }
}
