package org.cchq.migrate.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What Python means by true, equal, less, in, and by walking through a value. */
final class Values {
    private Values() {}

    /** The value itself; an undefined one is an error, and text that must stay text is text. */
    static @Nullable Object used(@Nullable Object value) throws JinjaException {
        if (value instanceof Undefined undefined) {
            throw undefined.used();
        }
        if (value instanceof Deferred deferred) {
            return deferred.whole();
        }
        return value instanceof NativeText text ? text.text() : value;
    }

    static boolean isTrue(@Nullable Object raw) throws JinjaException {
        if (raw instanceof Undefined undefined && undefined.lenient()) {
            return false;
        }
        Object value = used(raw);
        if (value == null) {
            return false;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        if (value instanceof Double number) {
            return number != 0;
        }
        if (value instanceof Number) {
            return whole(value).signum() != 0;
        }
        if (value instanceof String text) {
            return !text.isEmpty();
        }
        if (value instanceof List<?> list) {
            return !list.isEmpty();
        }
        if (value instanceof Map<?, ?> map) {
            return !map.isEmpty();
        }
        return !(value instanceof LazyMap map) || !map.keys().isEmpty();
    }

    static boolean isNumber(@Nullable Object value) {
        return value instanceof Number || value instanceof Boolean;
    }

    static boolean isWhole(@Nullable Object value) {
        return (value instanceof Number && !(value instanceof Double)) || value instanceof Boolean;
    }

    /** A whole number; True is 1. */
    static BigInteger whole(Object value) {
        if (value instanceof BigInteger big) {
            return big;
        }
        return value instanceof Boolean flag
                ? (flag ? BigInteger.ONE : BigInteger.ZERO)
                : BigInteger.valueOf(((Number) value).longValue());
    }

    /** The smallest of Integer, Long and BigInteger that holds it. */
    static Number shrink(BigInteger number) {
        if (number.bitLength() < 32) {
            return number.intValue();
        }
        return number.bitLength() < 64 ? (Number) number.longValue() : number;
    }

    static double real(Object value) {
        return value instanceof Double number ? number : whole(value).doubleValue();
    }

    static int index(@Nullable Object value, String what) throws JinjaException {
        if (isWhole(value) && whole(Objects.requireNonNull(value)).bitLength() < 32) {
            return whole(value).intValue();
        }
        throw new JinjaException(what + " must be a whole number, not a " + kind(value));
    }

    static String text(@Nullable Object raw, String what) throws JinjaException {
        if (used(raw) instanceof String text) {
            return text;
        }
        throw new JinjaException(what + " must be text, not a " + kind(raw));
    }

    static boolean equal(@Nullable Object left, @Nullable Object right) throws JinjaException {
        Object a = used(left);
        Object b = used(right);
        if (isNumber(a) && isNumber(b)) {
            return compareNumbers(Objects.requireNonNull(a), Objects.requireNonNull(b)) == 0;
        }
        if (a instanceof List<?> one && b instanceof List<?> two) {
            if ((a instanceof Tuple) != (b instanceof Tuple)
                    || (a instanceof View) != (b instanceof View)
                    || one.size() != two.size()) {
                return false;
            }
            for (int i = 0; i < one.size(); i++) {
                if (!equal(one.get(i), two.get(i))) {
                    return false;
                }
            }
            return true;
        }
        if (a instanceof Map<?, ?> one && b instanceof Map<?, ?> two) {
            if (one.size() != two.size()) {
                return false;
            }
            for (Map.Entry<?, ?> entry : one.entrySet()) {
                Optional<Object> key = key(two, entry.getKey());
                if (key.isEmpty() || !equal(entry.getValue(), two.get(key.get()))) {
                    return false;
                }
            }
            return true;
        }
        return Objects.equals(a, b);
    }

    private static int compareNumbers(Object a, Object b) {
        if (a instanceof Double || b instanceof Double) {
            double x = real(a);
            double y = real(b);
            if (Double.isNaN(x) || Double.isNaN(y) || Double.isInfinite(x) || Double.isInfinite(y)) {
                return x < y ? -1 : x > y ? 1 : x == y ? 0 : 2;
            }
            return exact(a).compareTo(exact(b));
        }
        return whole(a).compareTo(whole(b));
    }

    private static BigDecimal exact(Object value) {
        return value instanceof Double number ? new BigDecimal(number) : new BigDecimal(whole(value));
    }

    /** Negative, zero or positive; an error where Python knows no order. */
    static int compare(@Nullable Object left, @Nullable Object right) throws JinjaException {
        Object a = used(left);
        Object b = used(right);
        if (isNumber(a) && isNumber(b)) {
            return compareNumbers(Objects.requireNonNull(a), Objects.requireNonNull(b));
        }
        if (a instanceof String one && b instanceof String two) {
            return compareText(one, two);
        }
        if (a instanceof List<?> one
                && b instanceof List<?> two
                && (a instanceof Tuple) == (b instanceof Tuple)
                && !(a instanceof View)
                && !(b instanceof View)) {
            for (int i = 0; i < Math.min(one.size(), two.size()); i++) {
                if (!equal(one.get(i), two.get(i))) {
                    return compare(one.get(i), two.get(i));
                }
            }
            return Integer.compare(one.size(), two.size());
        }
        throw new JinjaException("a " + kind(a) + " and a " + kind(b) + " have no order");
    }

    private static int compareText(String one, String two) {
        int[] a = one.codePoints().toArray();
        int[] b = two.codePoints().toArray();
        return java.util.Arrays.compare(a, b);
    }

    static boolean contains(@Nullable Object container, @Nullable Object item) throws JinjaException {
        if (container instanceof Deferred deferred) {
            return deferred.key(used(item)).isPresent();
        }
        Object in = used(container);
        if (in instanceof String text) {
            return text.contains(text(item, "what is looked for in a text"));
        }
        if (in instanceof Map<?, ?> map) {
            return key(map, used(item)).isPresent();
        }
        if (in instanceof LazyMap map) {
            return used(item) instanceof String name && map.keys().contains(name);
        }
        if (in instanceof List<?> list) {
            return in(list, item);
        }
        throw new JinjaException("'in' needs a list, mapping or text on its right, not a " + kind(in));
    }

    static boolean in(List<?> list, @Nullable Object item) throws JinjaException {
        for (Object one : list) {
            if (equal(one, item)) {
                return true;
            }
        }
        return false;
    }

    /** The key of the map that Python takes for the same: 1, True and 1.0 are. None is no key here. */
    static Optional<Object> key(Map<?, ?> map, @Nullable Object wanted) throws JinjaException {
        if (!isHashable(wanted)) {
            throw new JinjaException("a " + kind(wanted) + " cannot be a key");
        }
        if (wanted instanceof String) {
            return map.containsKey(wanted) ? Optional.of(wanted) : Optional.empty();
        }
        for (Object key : map.keySet()) {
            if (key != null && !(key instanceof String) && equal(key, wanted)) {
                return Optional.of(key);
            }
        }
        return Optional.empty();
    }

    /** The items that a loop would see. */
    static List<@Nullable Object> items(@Nullable Object raw) throws JinjaException {
        if (raw instanceof Undefined undefined && undefined.lenient()) {
            return List.of();
        }
        Object value = used(raw);
        List<@Nullable Object> items = new ArrayList<>();
        if (value instanceof List<?> list) {
            Iterator<?> each = list.iterator();
            while (each.hasNext()) {
                items.add(each.next());
            }
        } else if (value instanceof Map<?, ?> map) {
            items.addAll(map.keySet());
        } else if (value instanceof LazyMap map) {
            items.addAll(map.keys());
        } else if (value instanceof String text) {
            text.codePoints().forEach(c -> items.add(Character.toString(c)));
        } else {
            throw new JinjaException("a " + kind(value) + " is no list");
        }
        return items;
    }

    static boolean isHashable(@Nullable Object value) {
        if (value instanceof Tuple tuple) {
            return tuple.stream().allMatch(Values::isHashable);
        }
        return !(value instanceof List<?>) && !(value instanceof Map<?, ?>) && !(value instanceof LazyMap);
    }

    static String kind(@Nullable Object value) {
        if (value == null) {
            return "None";
        }
        if (value instanceof String || value instanceof NativeText) {
            return "text";
        }
        if (value instanceof Boolean) {
            return "boolean";
        }
        if (value instanceof Number) {
            return "number";
        }
        if (value instanceof List<?>) {
            return "list";
        }
        if (value instanceof Map<?, ?> || value instanceof LazyMap) {
            return "mapping";
        }
        return value instanceof Callable ? "function" : "value that is undefined";
    }
}
