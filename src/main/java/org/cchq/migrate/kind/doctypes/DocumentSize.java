package org.cchq.migrate.kind.doctypes;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** About how many bytes a JSON value takes in a request; rather too many than too few. */
final class DocumentSize {
    private static final int SCALAR = 12;
    private static final int PUNCTUATION = 4;
    private static final int ESCAPED = 6;

    private DocumentSize() {}

    static long of(@Nullable Object value) {
        if (value instanceof String text) {
            return of(text);
        } else if (value instanceof Map<?, ?> object) {
            long sum = PUNCTUATION;
            for (Map.Entry<?, ?> entry : object.entrySet()) {
                sum += of(String.valueOf(entry.getKey())) + of(entry.getValue()) + PUNCTUATION;
            }
            return sum;
        } else if (value instanceof List<?> list) {
            long sum = PUNCTUATION;
            for (Object item : list) {
                sum += of(item) + 1;
            }
            return sum;
        }
        return SCALAR;
    }

    private static long of(String text) {
        long sum = (long) text.length() + PUNCTUATION;
        for (int index = 0; index < text.length(); index++) {
            char letter = text.charAt(index);
            if (letter >= 0x80) {
                sum += 2;
            } else if (letter < 0x20) {
                sum += ESCAPED - 1;
            } else if (letter == '"' || letter == '\\') {
                sum++;
            }
        }
        return sum;
    }
}
