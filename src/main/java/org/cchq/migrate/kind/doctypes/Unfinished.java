package org.cchq.migrate.kind.doctypes;

final class Unfinished {
    private Unfinished() {}

    static void check(Object... why) {
        if (System.nanoTime() != 0) {
            throw new UnsupportedOperationException("not written yet" + why.length);
        }
    }
}
