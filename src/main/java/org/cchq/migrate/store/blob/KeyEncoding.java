package org.cchq.migrate.store.blob;

import java.nio.charset.StandardCharsets;

/**
 * Keys and query values as they stand in a request line: RFC 3986 unreserved characters stay, all else is percent-encoded
 * UTF-8. Nothing is normalised, so {@code //} and {@code ..} go out as they are. Both signature versions sign this text.
 */
final class KeyEncoding {
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();
    private static final boolean[] UNRESERVED = new boolean[128];

    static {
        for (char c : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".toCharArray()) {
            UNRESERVED[c] = true;
        }
    }

    private KeyEncoding() {}

    /** A key in a path: {@code /} is kept. */
    static String path(String key) {
        return encode(key, '/');
    }

    /** A value in a query: {@code /} is encoded too. */
    static String query(String value) {
        return encode(value, 'A');
    }

    private static String encode(String text, char kept) {
        int plain = 0;
        while (plain < text.length() && isPlain(text.charAt(plain), kept)) {
            plain++;
        }
        if (plain == text.length()) {
            return text;
        }
        StringBuilder encoded = new StringBuilder(text.length() + 32).append(text, 0, plain);
        for (byte unit : text.substring(plain).getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (unit & 0xff);
            if (isPlain(c, kept)) {
                encoded.append(c);
            } else {
                encoded.append('%').append(HEX[c >> 4]).append(HEX[c & 15]);
            }
        }
        return encoded.toString();
    }

    private static boolean isPlain(char c, char kept) {
        return c == kept || (c < 128 && UNRESERVED[c]);
    }
}
