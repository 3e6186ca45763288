package org.cchq.migrate.jinja;

import java.util.ArrayList;
import java.util.List;
import org.cchq.migrate.base.PythonSpace;

/** What Python's text knows that Java's does not, by code points. */
final class PythonStrings {
    private PythonStrings() {}

    static String rstrip(String text, String chars) {
        int end = text.length();
        while (end > 0 && chars.indexOf(text.charAt(end - 1)) >= 0) {
            end--;
        }
        return text.substring(0, end);
    }

    static String lstrip(String text, String chars) {
        int start = 0;
        while (start < text.length() && chars.indexOf(text.charAt(start)) >= 0) {
            start++;
        }
        return text.substring(start);
    }

    /** {@code str.splitlines()} without line ends. */
    static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n'
                    || (c >= 0x0b && c <= 0x0d)
                    || (c >= 0x1c && c <= 0x1e)
                    || c == 0x85
                    || c == 0x2028
                    || c == 0x2029) {
                lines.add(text.substring(start, i));
                if (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n') {
                    i++;
                }
                start = i + 1;
            }
        }
        if (start < text.length()) {
            lines.add(text.substring(start));
        }
        return lines;
    }

    /** {@code str.split()} at any white space. */
    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        int start = -1;
        for (int i = 0; i <= text.length(); i++) {
            boolean space = i == text.length() || PythonSpace.isSpace(text.charAt(i));
            if (space && start >= 0) {
                words.add(text.substring(start, i));
                start = -1;
            } else if (!space && start < 0) {
                start = i;
            }
        }
        return words;
    }

    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.offsetByCodePoints(0, 1);
        return text.substring(0, first).toUpperCase(java.util.Locale.ROOT)
                + text.substring(first).toLowerCase(java.util.Locale.ROOT);
    }

    /** The escapes of a Python string literal; unknown ones stand for themselves. */
    static String unescape(String text) throws JinjaException {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        StringBuilder plain = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c != '\\') {
                plain.append(c);
                continue;
            }
            char escaped = text.charAt(at++);
            switch (escaped) {
                case '\n' -> {}
                case '\\', '\'', '"' -> plain.append(escaped);
                case 'a' -> plain.append('\u0007');
                case 'b' -> plain.append('\b');
                case 'f' -> plain.append('\f');
                case 'n' -> plain.append('\n');
                case 'r' -> plain.append('\r');
                case 't' -> plain.append('\t');
                case 'v' -> plain.append('\u000b');
                case 'x' -> at = codePoint(text, at, 2, plain);
                case 'u' -> at = codePoint(text, at, 4, plain);
                case 'U' -> at = codePoint(text, at, 8, plain);
                case 'N' ->
                    throw new JinjaException("the escape \\N{...} is not read here; write the character itself");
                default -> {
                    if (escaped >= '0' && escaped <= '7') {
                        int octal = escaped - '0';
                        for (int i = 0; i < 2 && at < text.length() && Character.digit(text.charAt(at), 8) >= 0; i++) {
                            octal = octal * 8 + Character.digit(text.charAt(at++), 8);
                        }
                        plain.append((char) octal);
                    } else {
                        plain.append('\\').append(escaped);
                    }
                }
            }
        }
        return plain.toString();
    }

    private static int codePoint(String text, int at, int digits, StringBuilder into) throws JinjaException {
        int end = at + digits;
        if (end > text.length() || !text.substring(at, end).matches("[0-9a-fA-F]+")) {
            throw new JinjaException("a \\x or \\u escape needs " + digits + " hexadecimal digits");
        }
        long point = Long.parseLong(text.substring(at, end), 16);
        if (point > Character.MAX_CODE_POINT) {
            throw new JinjaException("a \\U escape is beyond Unicode");
        }
        into.appendCodePoint((int) point);
        return end;
    }
}
