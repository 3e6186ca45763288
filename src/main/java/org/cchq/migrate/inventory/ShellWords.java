package org.cchq.migrate.inventory;

import java.util.ArrayList;
import java.util.List;

/** Splits a host line as Python's {@code shlex.split(line, comments=True)} does: POSIX quotes, {@code #} ends the line. */
final class ShellWords {
    private ShellWords() {}

    /** @throws IllegalArgumentException if a quotation has no end */
    static List<String> split(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean started = false;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else if (c == '\\' && quote == '"' && escapable(line, i + 1)) {
                    word.append(line.charAt(++i));
                } else {
                    word.append(c);
                }
            } else if (c == '\'' || c == '"') {
                quote = c;
                started = true;
            } else if (c == '\\') {
                if (i + 1 == line.length()) {
                    throw new IllegalArgumentException("nothing follows the last backslash");
                }
                word.append(line.charAt(++i));
                started = true;
            } else if (c == '#') {
                break;
            } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
                if (started) {
                    words.add(word.toString());
                    word.setLength(0);
                    started = false;
                }
            } else {
                word.append(c);
                started = true;
            }
        }
        if (quote != 0) {
            throw new IllegalArgumentException("a quotation has no end");
        }
        if (started) {
            words.add(word.toString());
        }
        return words;
    }

    private static boolean escapable(String line, int at) {
        return at < line.length() && (line.charAt(at) == '"' || line.charAt(at) == '\\');
    }
}
