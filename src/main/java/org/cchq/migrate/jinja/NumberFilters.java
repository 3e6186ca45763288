package org.cchq.migrate.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.cchq.migrate.base.PythonSpace;
import org.jspecify.annotations.Nullable;

/** Filters that give numbers and booleans. */
final class NumberFilters {
    private static final Pattern WHOLE = Pattern.compile("[+-]?\\d+(_\\d+)*");
    private static final Pattern REAL =
            Pattern.compile("[+-]?(\\d+(_\\d+)*\\.?(\\d+(_\\d+)*)?|\\.\\d+(_\\d+)*)([eE][+-]?\\d+(_\\d+)*)?");

    static final Map<String, Filters.Filter> ALL = Map.of(
            "int", NumberFilters::whole,
            "float", NumberFilters::real,
            "round", NumberFilters::round,
            "abs", NumberFilters::abs,
            "bool", NumberFilters::bool);

    private NumberFilters() {}

    private static @Nullable Object whole(@Nullable Object value, Given raw) throws JinjaException {
        Given given = raw.with("default", "base");
        int base = given.number("base", 10);
        Object otherwise = given.get("default", 0);
        if (value instanceof Double number) {
            boolean finite = !Double.isNaN(number) && !Double.isInfinite(number);
            return finite ? Values.shrink(new BigDecimal(number).toBigInteger()) : otherwise;
        }
        if (value != null && Values.isNumber(value)) {
            return Values.shrink(Values.whole(value));
        }
        if (!(value instanceof String text)) {
            return otherwise;
        }
        String digits = PythonSpace.strip(text);
        if (base != 10) {
            if (!digits.matches("[+-]?[0-9a-zA-Z]+")) {
                throw new JinjaException("'int' with base " + base + " reads only digits here");
            }
            try {
                return Values.shrink(new BigInteger(digits.replaceFirst("(?i)^([+-]?)0[xob]", "$1"), base));
            } catch (NumberFormatException e) {
                throw new JinjaException("'int': not a number of base " + base);
            }
        }
        if (WHOLE.matcher(digits).matches()) {
            return Values.shrink(new BigInteger(digits.replace("_", "").replaceFirst("^\\+", "")));
        }
        Optional<Double> real = parse(digits);
        return real.isPresent() ? whole(real.get(), raw) : otherwise;
    }

    private static @Nullable Object real(@Nullable Object value, Given raw) throws JinjaException {
        Given given = raw.with("default");
        if (value != null && Values.isNumber(value)) {
            return Values.real(value);
        }
        Optional<Double> read = value instanceof String text ? parse(text) : Optional.empty();
        return read.isPresent() ? read.get() : given.get("default", 0.0);
    }

    private static Optional<Double> parse(String text) throws JinjaException {
        String digits = PythonSpace.strip(text);
        if (digits.matches("(?i)[+-]?(nan|inf|infinity)")) {
            throw new JinjaException("'" + digits + "' as a number is not evaluated here");
        }
        return REAL.matcher(digits).matches() ? Optional.of(Double.valueOf(digits.replace("_", ""))) : Optional.empty();
    }

    private static Object round(@Nullable Object value, Given raw) throws JinjaException {
        Given given = raw.with("precision", "method");
        int precision = given.number("precision", 0);
        String method = given.text("method", "common");
        if (value == null
                || !Values.isNumber(value)
                || !List.of("common", "ceil", "floor").contains(method)
                || Math.abs(precision) > 300) {
            throw new JinjaException("'round' needs a number, and a method of common, ceil and floor");
        }
        if (method.equals("common")) {
            if (!(value instanceof Double number)) {
                if (precision >= 0) {
                    return Values.shrink(Values.whole(value));
                }
                BigDecimal rounded = new BigDecimal(Values.whole(value)).setScale(precision, RoundingMode.HALF_EVEN);
                return Values.shrink(rounded.toBigInteger());
            }
            return new BigDecimal(number)
                    .setScale(precision, RoundingMode.HALF_EVEN)
                    .doubleValue();
        }
        double scale = Math.pow(10, precision);
        double scaled = Values.real(value) * scale;
        return (method.equals("ceil") ? Math.ceil(scaled) : Math.floor(scaled)) / scale;
    }

    private static Object abs(@Nullable Object value, Given given) throws JinjaException {
        given.most(0);
        if (value instanceof Double number) {
            return Math.abs(number);
        }
        if (value == null || !Values.isNumber(value)) {
            throw new JinjaException("'abs' needs a number, not a " + Values.kind(value));
        }
        return Values.shrink(Values.whole(value).abs());
    }

    /** Ansible's: yes, on, 1 and true, whatever the case; none stays none; everything else is false. */
    private static @Nullable Object bool(@Nullable Object value, Given given) throws JinjaException {
        given.most(0);
        if (value == null || value instanceof Boolean) {
            return value;
        }
        if (value instanceof String text) {
            return List.of("yes", "on", "1", "true").contains(text.toLowerCase(java.util.Locale.ROOT));
        }
        return Values.isNumber(value) && Values.equal(value, 1);
    }
}
