package org.cchq.migrate.store.row;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Rows in the text format of PostgreSQL's {@code COPY}: tabs between columns, {@code \\N} for null. Not thread-safe. */
public final class CopyText {
    private static final byte[] NULL = {'\\', 'N'};
    /** What the format writes as a backslash and a letter. */
    private static final byte[] LETTERS = new byte[128];

    static {
        LETTERS['\\'] = '\\';
        LETTERS['\t'] = 't';
        LETTERS['\n'] = 'n';
        LETTERS['\r'] = 'r';
    }

    private byte[] bytes = new byte[16 * 1024];
    private int length;
    private boolean begun;

    /** The next column of the row: a text. Must hold no NUL, which PostgreSQL does not store. */
    public CopyText add(@Nullable String value) {
        separate();
        if (value == null) {
            append(NULL);
        } else {
            escape(value.getBytes(StandardCharsets.UTF_8));
        }
        return this;
    }

    /** The next column of the row: a number. */
    public CopyText add(long value) {
        separate();
        append(Long.toString(value).getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** Ends the row. */
    public void end() {
        room(1);
        bytes[length++] = '\n';
        begun = false;
    }

    private void separate() {
        if (begun) {
            room(1);
            bytes[length++] = '\t';
        }
        begun = true;
    }

    private void escape(byte[] text) {
        int from = 0;
        for (int i = 0; i < text.length; i++) {
            byte b = text[i];
            if (b >= 0 && LETTERS[b] != 0) {
                append(text, from, i - from);
                append(new byte[] {'\\', LETTERS[b]});
                from = i + 1;
            }
        }
        append(text, from, text.length - from);
    }

    private void append(byte[] text) {
        append(text, 0, text.length);
    }

    private void append(byte[] text, int from, int count) {
        room(count);
        System.arraycopy(text, from, bytes, length, count);
        length += count;
    }

    private void room(int count) {
        if (length + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + count, bytes.length * 2));
        }
    }

    /** In UTF-8; only the first {@link #length()} of them count. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }
}
