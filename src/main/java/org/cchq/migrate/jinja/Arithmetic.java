package org.cchq.migrate.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Python's {@code + - * / // % **}. */
final class Arithmetic {
    /** Far above any setting; keeps {@code '9' * 10**9} from filling the memory. */
    private static final int LONGEST = 1_000_000;

    private Arithmetic() {}

    static @Nullable Object apply(String operator, @Nullable Object left, @Nullable Object right)
            throws JinjaException {
        Object a = Values.used(left);
        Object b = Values.used(right);
        if (Values.isNumber(a) && Values.isNumber(b)) {
            return numbers(operator, Objects.requireNonNull(a), Objects.requireNonNull(b));
        }
        if (operator.equals("+")) {
            if (a instanceof String one && b instanceof String two) {
                return one + two;
            }
            if (a instanceof List<?> one
                    && b instanceof List<?> two
                    && !(a instanceof View)
                    && !(b instanceof View)
                    && (a instanceof Tuple) == (b instanceof Tuple)) {
                List<@Nullable Object> both = new ArrayList<>(one);
                both.addAll(two);
                return a instanceof Tuple ? new Tuple(both) : both;
            }
        }
        if (operator.equals("*")) {
            if (Values.isWhole(b) && (a instanceof String || (a instanceof List<?> && !(a instanceof View)))) {
                return repeated(a, Objects.requireNonNull(b));
            }
            if (Values.isWhole(a) && (b instanceof String || (b instanceof List<?> && !(b instanceof View)))) {
                return repeated(b, Objects.requireNonNull(a));
            }
        }
        if (operator.equals("%") && a instanceof String format) {
            return PythonFormat.format(
                    format, b instanceof Tuple tuple ? tuple : java.util.Collections.singletonList(b));
        }
        throw new JinjaException(
                "'" + operator + "' does not go between a " + Values.kind(a) + " and a " + Values.kind(b));
    }

    private static Object repeated(Object value, Object times) throws JinjaException {
        int count = Math.max(0, Values.index(times, "the number of repetitions"));
        int length = value instanceof String text ? text.length() : ((List<?>) value).size();
        if ((long) count * length > LONGEST) {
            throw new JinjaException("the repetition makes more than " + LONGEST + " items");
        }
        if (value instanceof String text) {
            return text.repeat(count);
        }
        List<@Nullable Object> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.addAll((List<?>) value);
        }
        return value instanceof Tuple ? new Tuple(all) : all;
    }

    private static Object numbers(String operator, Object a, Object b) throws JinjaException {
        boolean real = a instanceof Double || b instanceof Double;
        return switch (operator) {
            case "+" ->
                real
                        ? (Object) (Values.real(a) + Values.real(b))
                        : Values.shrink(Values.whole(a).add(Values.whole(b)));
            case "-" ->
                real
                        ? (Object) (Values.real(a) - Values.real(b))
                        : Values.shrink(Values.whole(a).subtract(Values.whole(b)));
            case "*" ->
                real
                        ? (Object) (Values.real(a) * Values.real(b))
                        : Values.shrink(Values.whole(a).multiply(Values.whole(b)));
            case "/" -> finite(Values.real(a) / Values.real(nonZero(b)));
            case "//" ->
                real
                        ? (Object) floorDivide(Values.real(a), Values.real(nonZero(b)))
                        : Values.shrink(floor(Values.whole(a), Values.whole(nonZero(b)))[0]);
            case "%" ->
                real
                        ? (Object) floorModulo(Values.real(a), Values.real(nonZero(b)))
                        : Values.shrink(floor(Values.whole(a), Values.whole(nonZero(b)))[1]);
            case "**" -> power(a, b, real);
            default -> throw new JinjaException("unknown operator '" + operator + "'");
        };
    }

    private static Object nonZero(Object divisor) throws JinjaException {
        if (Values.real(divisor) == 0) {
            throw new JinjaException("division by zero");
        }
        return divisor;
    }

    private static double finite(double number) throws JinjaException {
        if (Double.isInfinite(number) || Double.isNaN(number)) {
            throw new JinjaException("the number is too large");
        }
        return number;
    }

    /** Python's quotient and remainder: the remainder has the divisor's sign. */
    private static BigInteger[] floor(BigInteger a, BigInteger b) {
        BigInteger[] parts = a.divideAndRemainder(b);
        if (parts[1].signum() != 0 && parts[1].signum() != b.signum()) {
            parts[0] = parts[0].subtract(BigInteger.ONE);
            parts[1] = parts[1].add(b);
        }
        return parts;
    }

    private static double floorModulo(double a, double b) {
        double rest = a % b;
        if (rest != 0) {
            return (b < 0) != (rest < 0) ? rest + b : rest;
        }
        return Math.copySign(0.0, b);
    }

    private static double floorDivide(double a, double b) {
        double rest = floorModulo(a, b);
        double quotient = (a - rest) / b;
        if (quotient == 0) {
            return Math.copySign(0.0, a / b);
        }
        double floor = Math.floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    private static Object power(Object a, Object b, boolean real) throws JinjaException {
        if (!real && Values.whole(b).signum() >= 0) {
            BigInteger base = Values.whole(a);
            int exponent = Values.index(b, "the exponent");
            if ((long) base.bitLength() * exponent > LONGEST) {
                throw new JinjaException("the power is too large");
            }
            return Values.shrink(base.pow(exponent));
        }
        if (Values.real(a) == 0 && Values.real(b) < 0) {
            throw new JinjaException("0 has no negative power");
        }
        return finite(Math.pow(Values.real(a), Values.real(b)));
    }

    static Object negative(@Nullable Object raw) throws JinjaException {
        Object value = Values.used(raw);
        if (value instanceof Double number) {
            return -number;
        }
        if (value != null && Values.isWhole(value)) {
            return Values.shrink(Values.whole(value).negate());
        }
        throw new JinjaException("'-' does not go before a " + Values.kind(value));
    }

    static Object positive(@Nullable Object raw) throws JinjaException {
        Object value = Values.used(raw);
        if (value instanceof Double number) {
            return number;
        }
        if (value != null && Values.isWhole(value)) {
            return Values.shrink(Values.whole(value));
        }
        throw new JinjaException("'+' does not go before a " + Values.kind(value));
    }
}
