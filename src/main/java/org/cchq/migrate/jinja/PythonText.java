package org.cchq.migrate.jinja;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** {@code str(x)} and {@code repr(x)} of Python. */
final class PythonText {
    private PythonText() {}

    /** {@code str(x)}. */
    static String str(@Nullable Object value) throws JinjaException {
        if (value instanceof String || value instanceof NativeText) {
            return value.toString();
        }
        if (value instanceof Undefined undefined && undefined.lenient()) {
            return "";
        }
        return repr(value);
    }

    /** {@code repr(x)}. */
    static String repr(@Nullable Object raw) throws JinjaException {
        Object value = raw instanceof Deferred deferred ? deferred.whole() : raw;
        if (value == null) {
            return "None";
        }
        if (value instanceof Boolean flag) {
            return flag ? "True" : "False";
        }
        if (value instanceof Double number) {
            return real(number);
        }
        if (value instanceof Number) {
            return value.toString();
        }
        if (value instanceof String || value instanceof NativeText) {
            return quoted(value.toString());
        }
        if (value instanceof Undefined undefined) {
            throw undefined.used();
        }
        if (value instanceof Tuple tuple) {
            return tuple.size() == 1 ? "(" + repr(tuple.get(0)) + ",)" : items("(", tuple, ")");
        }
        if (value instanceof View view) {
            return view.shown(items("[", view, "]"));
        }
        if (value instanceof List<?> list) {
            return items("[", list, "]");
        }
        if (value instanceof Map<?, ?> map) {
            StringJoiner text = new StringJoiner(", ", "{", "}");
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                text.add(repr(entry.getKey()) + ": " + repr(entry.getValue()));
            }
            return text.toString();
        }
        throw new JinjaException("a " + Values.kind(value) + " is written out here; name what is wanted of it");
    }

    private static String items(String open, List<?> list, String close) throws JinjaException {
        StringJoiner text = new StringJoiner(", ", open, close);
        for (Object item : list) {
            text.add(repr(item));
        }
        return text.toString();
    }

    private static String quoted(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder quoted = new StringBuilder().append(quote);
        text.codePoints().forEach(c -> {
            if (c == quote || c == '\\') {
                quoted.append('\\').appendCodePoint(c);
            } else if (c == '\n') {
                quoted.append("\\n");
            } else if (c == '\r') {
                quoted.append("\\r");
            } else if (c == '\t') {
                quoted.append("\\t");
            } else if (isPrintable(c)) {
                quoted.appendCodePoint(c);
            } else {
                String form = c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x";
                quoted.append(String.format(Locale.ROOT, form, c));
            }
        });
        return quoted.append(quote).toString();
    }

    private static boolean isPrintable(int c) {
        return c == ' '
                || switch (Character.getType(c)) {
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

    /** The shortest digits that mean the same number, as Python writes them. */
    static String real(double number) {
        if (Double.isNaN(number)) {
            return "nan";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        }
        if (number == 0) {
            return 1 / number < 0 ? "-0.0" : "0.0";
        }
        String sign = number < 0 ? "-" : "";
        BigDecimal shortest = shortest(Math.abs(number)).stripTrailingZeros();
        String digits = shortest.unscaledValue().toString();
        int exponent = digits.length() - 1 - shortest.scale();
        if (exponent < -4 || exponent >= 16) {
            String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
            return sign
                    + mantissa
                    + String.format(Locale.ROOT, "e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
        }
        String plain = shortest.toPlainString();
        return sign + (plain.indexOf('.') < 0 ? plain + ".0" : plain);
    }

    private static BigDecimal shortest(double number) {
        for (int digits = 1; digits < 17; digits++) {
            BigDecimal rounded = new BigDecimal(number).round(new java.math.MathContext(digits));
            if (rounded.doubleValue() == number) {
                return rounded;
            }
        }
        return new BigDecimal(number).round(new java.math.MathContext(17));
    }
}
