package org.cchq.migrate.jinja;

/** The result of {@code to_json}, {@code string} and their like: alone in a text, it stays text and is not read back. */
record NativeText(String text) {
    @Override
    public String toString() {
        return text;
    }
}
