package org.cchq.migrate.store.blob;

/** What an ETag may be. */
enum EtagForm {
    /** 32 hex digits: the MD5 of the object, on most servers. */
    MD5,
    /** 32 hex digits, a dash and the number of parts: the MD5 of the parts' MD5s, on most servers. */
    COMPOSITE,
    /** Nothing that can be computed. */
    OPAQUE;

    static EtagForm of(String etag) {
        if (etag.length() < 32 || !etag.substring(0, 32).chars().allMatch(EtagForm::isHex)) {
            return OPAQUE;
        }
        if (etag.length() == 32) {
            return MD5;
        }
        return parts(etag) > 0 ? COMPOSITE : OPAQUE;
    }

    /** Number of parts that a composite ETag names; 0 if it is none. */
    static int parts(String etag) {
        if (etag.length() < 34 || etag.length() > 37 + 1 || etag.charAt(32) != '-') {
            return 0;
        }
        int parts = 0;
        for (int i = 33; i < etag.length(); i++) {
            char c = etag.charAt(i);
            if (c < '0' || c > '9') {
                return 0;
            }
            parts = parts * 10 + c - '0';
        }
        return parts;
    }

    private static boolean isHex(int c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    }
}
