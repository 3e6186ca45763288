package org.cchq.migrate.javascript;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Values of a program that is run without its data: {@link String}, {@link Double}, {@link Boolean}, {@link List},
 * {@link Map}, {@link Pattern}, and {@link Special}. What is not known stays unknown in every operation.
 */
final class Values {
    /** Values that are none of Java's. */
    enum Special {
        UNKNOWN,
        /** The document that the function is given. */
        DOCUMENT,
        /** {@code null} or {@code undefined}. */
        NOTHING
    }

    private Values() {}

    static Truth truth(Object value) {
        if (value == Special.UNKNOWN) {
            return Truth.UNKNOWN;
        }
        if (value == Special.NOTHING) {
            return Truth.NO;
        }
        if (value instanceof String text) {
            return Truth.of(!text.isEmpty());
        }
        if (value instanceof Double number) {
            return Truth.of(number != 0 && !number.isNaN());
        }
        return value instanceof Boolean flag ? Truth.of(flag) : Truth.YES;
    }

    static Object of(Truth truth) {
        return truth == Truth.UNKNOWN ? Special.UNKNOWN : (Object) (truth == Truth.YES);
    }

    static Object binary(String operator, Object left, Object right) {
        return switch (operator) {
            case "==", "===" -> of(equal(left, right));
            case "!=", "!==" -> of(equal(left, right).not());
            case "+" -> plus(left, right);
            case "-" -> left instanceof Double a && right instanceof Double b ? (Object) (a - b) : Special.UNKNOWN;
            case "<", ">", "<=", ">=" -> compared(operator, left, right);
            case "in" ->
                right instanceof Map<?, ?> map && left instanceof String key
                        ? (Object) map.containsKey(key)
                        : Special.UNKNOWN;
            default -> Special.UNKNOWN;
        };
    }

    private static Truth equal(Object left, Object right) {
        if (left == Special.UNKNOWN || right == Special.UNKNOWN) {
            return Truth.UNKNOWN;
        }
        if (left == Special.NOTHING || right == Special.NOTHING) {
            return Truth.of(left == right);
        }
        boolean plain = left instanceof String || left instanceof Double || left instanceof Boolean;
        // Numbers in strings and the like are converted by == alone; nobody compares types so.
        return plain && left.getClass() == right.getClass() ? Truth.of(left.equals(right)) : Truth.UNKNOWN;
    }

    private static Object plus(Object left, Object right) {
        if (left instanceof Double a && right instanceof Double b) {
            return a + b;
        }
        return left instanceof String a && right instanceof String b ? a + b : Special.UNKNOWN;
    }

    private static Object compared(String operator, Object left, Object right) {
        if (!(left instanceof Double a) || !(right instanceof Double b)) {
            return Special.UNKNOWN;
        }
        return switch (operator) {
            case "<" -> a < b;
            case ">" -> a > b;
            case "<=" -> a <= b;
            default -> a >= b;
        };
    }

    static Object unary(String operator, Object value) {
        return switch (operator) {
            case "!" -> of(truth(value).not());
            case "-" -> value instanceof Double number ? (Object) (-number) : Special.UNKNOWN;
            case "~" -> value instanceof Double number ? (Object) (double) ~number.longValue() : Special.UNKNOWN;
            case "void" -> Special.NOTHING;
            case "typeof" -> value instanceof String ? "string" : Special.UNKNOWN;
            default -> Special.UNKNOWN;
        };
    }

    /** A field or element. */
    static Object member(Object base, Object key) {
        if (base instanceof Map<?, ?> map && key instanceof String name) {
            @Nullable Object value = map.get(name);
            return value == null ? Special.NOTHING : value;
        }
        if (base instanceof List<?> list && key instanceof Double index && index >= 0 && index < list.size()) {
            return Objects.requireNonNull(list.get(index.intValue()));
        }
        return Special.UNKNOWN;
    }

    static Object call(Object base, String method, List<Object> arguments) {
        if (arguments.size() != 1) {
            return Special.UNKNOWN;
        }
        Object argument = arguments.get(0);
        if (base instanceof List<?> list && argument instanceof String && !list.contains(Special.UNKNOWN)) {
            return switch (method) {
                case "indexOf" -> (double) list.indexOf(argument);
                case "includes" -> list.contains(argument);
                default -> Special.UNKNOWN;
            };
        }
        if (base instanceof Map<?, ?> map && argument instanceof String key && method.equals("hasOwnProperty")) {
            return map.containsKey(key);
        }
        if (base instanceof Pattern pattern && argument instanceof String text && method.equals("test")) {
            return pattern.matcher(text).find();
        }
        return base instanceof String text ? called(text, method, argument) : Special.UNKNOWN;
    }

    private static Object called(String text, String method, Object argument) {
        if (argument instanceof Pattern pattern) {
            boolean matching = method.equals("match") || method.equals("search");
            boolean found = matching && pattern.matcher(text).find();
            return !matching || method.equals("search")
                    ? Special.UNKNOWN
                    : found ? (Object) List.of(text) : Special.NOTHING;
        }
        if (!(argument instanceof String part)) {
            return Special.UNKNOWN;
        }
        return switch (method) {
            case "indexOf" -> (double) text.indexOf(part);
            case "lastIndexOf" -> (double) text.lastIndexOf(part);
            case "includes" -> text.contains(part);
            case "startsWith" -> text.startsWith(part);
            case "endsWith" -> text.endsWith(part);
            case "concat" -> text + part;
            case "split" -> part.isEmpty() ? Special.UNKNOWN : List.of(text.split(Pattern.quote(part), -1));
            default -> Special.UNKNOWN;
        };
    }

    /** A literal with slashes, as far as Java's regular expressions mean the same. */
    static Object regex(String literal) {
        int end = literal.lastIndexOf('/');
        if (end < 1) {
            return Special.UNKNOWN;
        }
        int flags = literal.indexOf('i', end) > 0 ? Pattern.CASE_INSENSITIVE : 0;
        try {
            return Pattern.compile(literal.substring(1, end), flags);
        } catch (PatternSyntaxException e) {
            return Special.UNKNOWN;
        }
    }
}
