package org.cchq.migrate.hq;

import java.util.regex.Pattern;

/** A document's id as it is part of the key of a blob of before the metadata: {@code <database>/<safe id>/<identifier>}. */
public final class SafeId {
    private static final Pattern SAFE = Pattern.compile("[a-z0-9_./{}-]+", Pattern.CASE_INSENSITIVE);

    private SafeId() {}

    /** The id itself, or {@code sha1-} and its SHA-1 in hex where it has other characters than keys may have. */
    public static String of(String id) {
        return SAFE.matcher(id).matches() ? id : "sha1-" + Sha1.hex(id);
    }
}
