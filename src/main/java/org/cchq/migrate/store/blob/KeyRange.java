package org.cchq.migrate.store.blob;

import java.util.Optional;

/**
 * Keys after one key, up to and with another, in byte order.
 *
 * @param after "" for the beginning
 * @param last empty for the end
 */
record KeyRange(String after, Optional<String> last) {
    static final KeyRange ALL = new KeyRange("", Optional.empty());

    private static final String HEX = "0123456789abcdef";
    /** The URL-safe base64 letters, in byte order. */
    private static final String LETTERS = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

    private static final int DIGITS = 3;

    boolean holds(String key) {
        return last.map(end -> KeyOrder.BYTES.compare(key, end) <= 0).orElse(true);
    }

    /** What is left when everything up to {@code cursor} is listed. */
    KeyRange from(String cursor) {
        return new KeyRange(cursor, last);
    }

    /**
     * A key near the middle of this range, judged by {@code after}, which is a key that exists: HQ's keys are random hex or
     * base64, some after a prefix and a slash ({@code form/}, {@code _default/}). Empty if no good place is known.
     */
    Optional<String> middle() {
        int slash = after.indexOf('/');
        String prefix = slash < 0 ? "" : after.substring(0, slash + 1);
        boolean endsInPrefix = last.isPresent() && last.get().startsWith(prefix);
        if (!prefix.isEmpty() && !endsInPrefix) {
            // Everything with this prefix, and everything after it: '0' follows '/'.
            return inside(prefix.substring(0, slash) + '0');
        }
        String rest = after.substring(prefix.length());
        String digits = isHex(rest) ? HEX : LETTERS;
        long low = value(rest, digits);
        long high =
                last.isPresent() ? value(last.get().substring(prefix.length()), digits) : pow(digits.length(), DIGITS);
        long middle = (low + high) / 2;
        return middle > low && middle < high ? inside(prefix + text(middle, digits)) : Optional.empty();
    }

    private Optional<String> inside(String key) {
        boolean inside = KeyOrder.BYTES.compare(after, key) < 0
                && last.map(end -> KeyOrder.BYTES.compare(key, end) < 0).orElse(true);
        return inside ? Optional.of(key) : Optional.empty();
    }

    private static boolean isHex(String rest) {
        return rest.length() >= DIGITS && rest.chars().limit(DIGITS).allMatch(c -> HEX.indexOf(c) >= 0);
    }

    /** The first characters as a number: how many digit strings are before them. */
    private static long value(String rest, String digits) {
        long value = 0;
        boolean exact = true;
        for (int i = 0; i < DIGITS; i++) {
            int digit = 0;
            if (exact && i < rest.length()) {
                char c = rest.charAt(i);
                while (digit < digits.length() && digits.charAt(digit) < c) {
                    digit++;
                }
                if (digit == digits.length()) {
                    // After all of them: the first number that is too large.
                    return (value + 1) * pow(digits.length(), DIGITS - i);
                }
                exact = digits.charAt(digit) == c;
            }
            value = value * digits.length() + digit;
        }
        return value;
    }

    private static long pow(long base, int exponent) {
        return exponent == 0 ? 1 : base * pow(base, exponent - 1);
    }

    private static String text(long value, String digits) {
        StringBuilder text = new StringBuilder();
        for (long left = value, i = 0; i < DIGITS; i++, left /= digits.length()) {
            text.append(digits.charAt((int) (left % digits.length())));
        }
        return text.reverse().toString();
    }
}
