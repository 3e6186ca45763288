package org.cchq.migrate.hq;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Writes JSON values as Python 3's {@code repr} writes them; HQ's output holds such text. */
public final class PythonRepr {
    private PythonRepr() {}

    public static String of(@Nullable Object value) {
        if (value == null) {
            return "None";
        } else if (value instanceof Boolean flag) {
            return flag ? "True" : "False";
        } else if (value instanceof Double number) {
            return ofDouble(number);
        } else if (value instanceof Map<?, ?> map) {
            StringJoiner entries = new StringJoiner(", ", "{", "}");
            map.forEach((key, entry) -> entries.add(of(key) + ": " + of(entry)));
            return entries.toString();
        } else if (value instanceof List<?> list) {
            StringJoiner entries = new StringJoiner(", ", "[", "]");
            list.forEach(entry -> entries.add(of(entry)));
            return entries.toString();
        } else if (value instanceof String text) {
            return ofString(text);
        }
        return value.toString();
    }

    /** Single quotes, unless the text has single quotes and no double ones; what cannot be printed is escaped. */
    private static String ofString(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder repr = new StringBuilder().append(quote);
        text.codePoints().forEach(point -> {
            switch (point) {
                case '\\' -> repr.append("\\\\");
                case '\n' -> repr.append("\\n");
                case '\r' -> repr.append("\\r");
                case '\t' -> repr.append("\\t");
                default -> {
                    if (point == quote) {
                        repr.append('\\').append(quote);
                    } else if (isPrintable(point)) {
                        repr.appendCodePoint(point);
                    } else {
                        repr.append(escape(point));
                    }
                }
            }
        });
        return repr.append(quote).toString();
    }

    private static boolean isPrintable(int point) {
        if (point == ' ') {
            return true;
        }
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR -> false;
            default -> true;
        };
    }

    private static String escape(int point) {
        if (point < 0x100) {
            return String.format(Locale.ROOT, "\\x%02x", point);
        }
        return String.format(Locale.ROOT, point < 0x10000 ? "\\u%04x" : "\\U%08x", point);
    }

    /** The shortest digits that read back the same; an exponent below 1e-4 and from 1e16. */
    private static String ofDouble(double number) {
        if (Double.isNaN(number)) {
            return "nan";
        } else if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        }
        double size = Math.abs(number);
        if (size == 0) {
            return Double.toString(number);
        }
        if (size < 1e-4 || size >= 1e16) {
            String[] parts = Double.toString(number).toLowerCase(Locale.ROOT).split("e", 2);
            String mantissa = parts[0].endsWith(".0") ? parts[0].substring(0, parts[0].length() - 2) : parts[0];
            int exponent = parts.length > 1 ? Integer.parseInt(parts[1]) : 0;
            return mantissa + "e" + (exponent < 0 ? "-" : "+") + String.format(Locale.ROOT, "%02d", Math.abs(exponent));
        }
        String plain = new java.math.BigDecimal(Double.toString(number))
                .stripTrailingZeros()
                .toPlainString();
        return plain.contains(".") ? plain : plain + ".0";
    }
}
