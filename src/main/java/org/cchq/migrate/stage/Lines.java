package org.cchq.migrate.stage;

import java.util.ArrayList;
import java.util.List;

/**
 * A text as lines, each with its own line end, so that lines can be put in and taken out and every other byte stays. A
 * last line without a line end stays the only one without, wherever lines come and go.
 */
final class Lines {
    private Lines() {}

    /** The lines, ends included. */
    static List<String> of(String text) {
        List<String> lines = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int newline = text.indexOf('\n', start);
            int end = newline < 0 ? text.length() : newline + 1;
            lines.add(text.substring(start, end));
            start = end;
        }
        return lines;
    }

    /** The line end that the text uses. */
    static String end(String text) {
        return text.contains("\r\n") ? "\r\n" : "\n";
    }

    /** The line without its end. */
    static String content(String line) {
        return line.endsWith("\r\n")
                ? line.substring(0, line.length() - 2)
                : line.endsWith("\n") ? line.substring(0, line.length() - 1) : line;
    }

    /** The text of the lines; ends with a line end if and only if the original did. */
    static String join(List<String> lines, String original) {
        StringBuilder text = new StringBuilder();
        String end = end(original);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            boolean ended = line.endsWith("\n");
            if (i + 1 < lines.size()) {
                text.append(ended ? line : line + end);
            } else {
                boolean wanted = original.isEmpty() || original.endsWith("\n");
                text.append(wanted == ended ? line : wanted ? line + end : content(line));
            }
        }
        return text.toString();
    }
}
