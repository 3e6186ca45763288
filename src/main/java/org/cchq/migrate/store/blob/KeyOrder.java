package org.cchq.migrate.store.blob;

import java.util.Comparator;

/**
 * The order in which S3 lists keys: unsigned bytes of their UTF-8 form, which is the order of their code points. ({@link
 * String#compareTo} differs from it above U+FFFF.)
 */
enum KeyOrder implements Comparator<String> {
    BYTES;

    @Override
    public int compare(String left, String right) {
        int common = Math.min(left.length(), right.length());
        for (int i = 0; i < common; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) {
                // Surrogates stand for code points above every other char.
                boolean highA = Character.isSurrogate(a);
                boolean highB = Character.isSurrogate(b);
                return highA == highB ? Character.compare(a, b) : highA ? 1 : -1;
            }
        }
        return Integer.compare(left.length(), right.length());
    }
}
