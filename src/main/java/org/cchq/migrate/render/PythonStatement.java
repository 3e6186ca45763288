package org.cchq.migrate.render;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cchq.migrate.base.UserException;

/**
 * One statement of a Python file as far as lines are concerned: from the start of a line to the end of the line where its
 * brackets and strings are closed. An indented line is a statement of its own here.
 *
 * @param line the number of its first line, from 1
 * @param text its bytes with the line end
 * @param code the same without comments, its strings left empty
 * @param bare the same without comments
 */
record PythonStatement(int line, String text, String code, String bare) {
    private static final Pattern ASSIGNMENT = Pattern.compile("(\\w+)[ \\t]*=(?!=)(.*)", Pattern.DOTALL);

    /** All of them, in order; together they are the whole text. */
    static List<PythonStatement> of(String text) throws UserException {
        List<PythonStatement> statements = new ArrayList<>();
        Scan scan = new Scan(text);
        while (scan.at < text.length()) {
            statements.add(scan.next());
        }
        return statements;
    }

    /** The name that this assigns, and nothing else: {@code NAME = value} at the start of a line. */
    Optional<String> name() {
        Matcher assignment = ASSIGNMENT.matcher(code);
        boolean single = assignment.matches()
                && !assignment.group(2).contains(";")
                && !assignment.group(2).replaceAll("\\([^()]*\\)", "").matches("(?s).*(?<![=!<>:])=(?!=).*");
        return single ? Optional.of(assignment.group(1)) : Optional.empty();
    }

    /** What stands to the right of the first equals sign. */
    String value() {
        return bare.substring(bare.indexOf('=') + 1).strip();
    }

    /** True if the name occurs outside comments and strings. */
    boolean mentions(String name) {
        return Pattern.compile("(?<!\\w)" + name + "(?!\\w)").matcher(code).find();
    }

    /** Walks through the text once. */
    private static final class Scan {
        private final String text;
        private int at;
        private int line = 1;
        private final StringBuilder code = new StringBuilder();
        private final StringBuilder bare = new StringBuilder();

        Scan(String text) {
            this.text = text;
        }

        PythonStatement next() throws UserException {
            int begin = at;
            int first = line;
            int depth = 0;
            code.setLength(0);
            bare.setLength(0);
            while (at < text.length()) {
                char c = text.charAt(at);
                if (c == '\n' && depth == 0) {
                    take(1);
                    break;
                }
                switch (c) {
                    case '(', '[', '{' -> depth++;
                    case ')', ']', '}' -> depth = Math.max(0, depth - 1);
                    default -> {
                        // Only brackets are counted.
                    }
                }
                if (c == '#') {
                    comment();
                } else if (c == '\'' || c == '"') {
                    string(c, first);
                } else if (c == '\\' && at + 1 < text.length()) {
                    int begun = bare.length();
                    take(text.startsWith("\\\r\n", at) ? 3 : 2);
                    bare.replace(begun, bare.length(), " ");
                } else {
                    take(1);
                }
            }
            if (depth > 0) {
                throw new UserException("line " + first + ": a bracket that is opened here is never closed; python"
                        + " could not read this file");
            }
            return new PythonStatement(first, text.substring(begin, at), code.toString(), bare.toString());
        }

        private void take(int count) {
            for (int i = 0; i < count; i++) {
                char c = text.charAt(at++);
                line += c == '\n' ? 1 : 0;
                code.append(c);
                bare.append(c);
            }
        }

        private void comment() {
            while (at < text.length() && text.charAt(at) != '\n') {
                at++;
            }
        }

        private void string(char quote, int first) throws UserException {
            String mark = String.valueOf(quote);
            boolean lines = text.startsWith(mark.repeat(3), at);
            mark = lines ? mark.repeat(3) : mark;
            int begin = at;
            at += mark.length();
            while (!text.startsWith(mark, at)) {
                if (at >= text.length() || (!lines && text.charAt(at) == '\n')) {
                    throw new UserException("line " + line + ": a text in quotes is never closed, in the statement that"
                            + " begins on line " + first + "; python could not read this file");
                }
                int step = text.charAt(at) == '\\' && at + 1 < text.length() ? 2 : 1;
                for (int i = 0; i < step; i++) {
                    line += text.charAt(at++) == '\n' ? 1 : 0;
                }
            }
            at += mark.length();
            code.append(mark).append(mark);
            bare.append(text, begin, at);
        }
    }
}
