package org.cchq.migrate.store.row;

import org.jspecify.annotations.Nullable;

/** Rows in the text format of PostgreSQL's {@code COPY}: tabs between columns, {@code \\N} for null. Not thread-safe. */
public final class CopyText {
    private final StringBuilder text = new StringBuilder();
    private boolean begun;

    /** The next column of the row: a text. Must hold no NUL, which PostgreSQL does not store. */
    public CopyText add(@Nullable String value) {
        separate();
        if (value == null) {
            text.append("\\N");
            return this;
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\\' -> text.append("\\\\");
                case '\t' -> text.append("\\t");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                default -> text.append(c);
            }
        }
        return this;
    }

    /** The next column of the row: a number. */
    public CopyText add(long value) {
        separate();
        text.append(value);
        return this;
    }

    /** Ends the row. */
    public void end() {
        text.append('\n');
        begun = false;
    }

    private void separate() {
        if (begun) {
            text.append('\t');
        }
        begun = true;
    }

    String text() {
        return text.toString();
    }
}
