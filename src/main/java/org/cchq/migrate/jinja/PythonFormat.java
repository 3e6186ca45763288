package org.cchq.migrate.jinja;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Python's {@code '%s %05d' % (a, b)}, with the conversions s, r, d and i, width, and the flags 0 and -. */
final class PythonFormat {
    private static final Pattern FIELD = Pattern.compile("%([-0]*)(\\d{0,3})([a-zA-Z%(.#+ *])?");

    private PythonFormat() {}

    static String format(String format, List<? extends @Nullable Object> arguments) throws JinjaException {
        StringBuilder text = new StringBuilder();
        Matcher field = FIELD.matcher(format);
        int next = 0;
        while (field.find()) {
            String conversion = field.group(3) == null ? "" : field.group(3);
            String shown;
            if (conversion.equals("%") && field.group().equals("%%")) {
                shown = "%";
            } else {
                if (!List.of("s", "r", "d", "i").contains(conversion)) {
                    throw new JinjaException("the format '" + field.group() + "' is not read here (%s, %r and %d are)");
                }
                if (next >= arguments.size()) {
                    throw new JinjaException("the format names more values than are given");
                }
                shown = padded(field.group(1), field.group(2), conversion, arguments.get(next++));
            }
            field.appendReplacement(text, Matcher.quoteReplacement(shown));
        }
        if (next < arguments.size() && !(arguments.get(next) instanceof java.util.Map<?, ?>)) {
            throw new JinjaException("the format names fewer values than are given");
        }
        return field.appendTail(text).toString();
    }

    private static String padded(String flags, String width, String conversion, @Nullable Object raw)
            throws JinjaException {
        Object value = Values.used(raw);
        String shown;
        boolean number = conversion.equals("d") || conversion.equals("i");
        if (number) {
            if (!Values.isWhole(value) || value == null) {
                throw new JinjaException(
                        "the format %" + conversion + " needs a whole number, not a " + Values.kind(value));
            }
            shown = Values.whole(value).toString();
        } else {
            shown = conversion.equals("r") ? PythonText.repr(value) : PythonText.str(value);
        }
        int missing = (width.isEmpty() ? 0 : Integer.parseInt(width)) - shown.codePointCount(0, shown.length());
        if (missing <= 0) {
            return shown;
        }
        if (flags.contains("-")) {
            return shown + " ".repeat(missing);
        }
        if (number && flags.contains("0")) {
            return shown.startsWith("-") ? "-" + "0".repeat(missing) + shown.substring(1) : "0".repeat(missing) + shown;
        }
        return " ".repeat(missing) + shown;
    }
}
