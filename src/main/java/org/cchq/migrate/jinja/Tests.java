package org.cchq.migrate.jinja;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.base.PythonSpace;
import org.jspecify.annotations.Nullable;

/** The tests after {@code is} that are evaluated here. */
final class Tests {
    /** A test whose value is defined. */
    @FunctionalInterface
    private interface Condition {
        boolean holds(@Nullable Object value, Given given) throws JinjaException;
    }

    private static final Map<String, Condition> KNOWN = new HashMap<>();

    private static final Map<String, String> COMPARISONS = Map.ofEntries(
            Map.entry("eq", "=="),
            Map.entry("equalto", "=="),
            Map.entry("==", "=="),
            Map.entry("ne", "!="),
            Map.entry("!=", "!="),
            Map.entry("lt", "<"),
            Map.entry("lessthan", "<"),
            Map.entry("<", "<"),
            Map.entry("le", "<="),
            Map.entry("<=", "<="),
            Map.entry("gt", ">"),
            Map.entry("greaterthan", ">"),
            Map.entry(">", ">"),
            Map.entry("ge", ">="),
            Map.entry(">=", ">="),
            Map.entry("in", "in"));

    static {
        plain("none", Objects::isNull);
        plain("string", value -> value instanceof String);
        plain("number", Values::isNumber);
        plain("integer", value -> Values.isWhole(value) && !(value instanceof Boolean));
        plain("float", value -> value instanceof Double);
        plain("boolean", value -> value instanceof Boolean);
        plain("true", value -> Boolean.TRUE.equals(value));
        plain("false", value -> Boolean.FALSE.equals(value));
        plain("mapping", value -> value instanceof Map<?, ?> || value instanceof LazyMap);
        plain("iterable", Tests::isIterable);
        plain("sequence", value -> isIterable(value) && !(value instanceof View view && !view.isRange()));
        plain("callable", value -> value instanceof Callable);
        KNOWN.put("even", (value, given) -> remainder(value, 2, given) == 0);
        KNOWN.put("odd", (value, given) -> remainder(value, 2, given) == 1);
        KNOWN.put("divisibleby", (value, given) -> {
            Given by = given.with("num");
            Object rest = Arithmetic.apply("%", value, by.get("num"));
            return Values.equal(rest, 0);
        });
        KNOWN.put("lower", (value, given) -> isCase(value, given, false));
        KNOWN.put("upper", (value, given) -> isCase(value, given, true));
        KNOWN.put("truthy", (value, given) -> truthy(value, given));
        KNOWN.put("falsy", (value, given) -> !truthy(value, given));
        KNOWN.put(
                "contains",
                (value, given) -> Values.contains(value, given.with("value").get("value")));
        KNOWN.put("match", (value, given) -> regex(value, given, Matcher::lookingAt));
        KNOWN.put("search", (value, given) -> regex(value, given, Matcher::find));
        KNOWN.put("regex", (value, given) -> regex(value, given, Matcher::find));
        KNOWN.put("subset", (value, given) -> within(value, given.with("b").get("b")));
        KNOWN.put("issubset", (value, given) -> within(value, given.with("b").get("b")));
        KNOWN.put("superset", (value, given) -> within(given.with("b").get("b"), value));
        KNOWN.put("issuperset", (value, given) -> within(given.with("b").get("b"), value));
        KNOWN.put("any", (value, given) -> {
            given.most(0);
            boolean any = false;
            for (Object item : Values.items(value)) {
                any |= Values.isTrue(item);
            }
            return any;
        });
        KNOWN.put("all", (value, given) -> {
            given.most(0);
            boolean all = true;
            for (Object item : Values.items(value)) {
                all &= Values.isTrue(item);
            }
            return all;
        });
        KNOWN.put("version", Tests::version);
        KNOWN.put("version_compare", Tests::version);
        COMPARISONS.forEach((name, operator) -> KNOWN.put(name, (value, given) -> {
            given.most(1);
            return Expression.Comparison.holds(operator, value, given.at(0));
        }));
    }

    private Tests() {}

    private static void plain(String name, java.util.function.Predicate<@Nullable Object> test) {
        KNOWN.put(name, (value, given) -> {
            given.most(0);
            return test.test(value);
        });
    }

    static boolean knows(String name) {
        return name.equals("defined") || name.equals("undefined") || KNOWN.containsKey(name);
    }

    static String hint(String name) {
        return NearestName.hint(name, KNOWN.keySet());
    }

    static boolean apply(
            String name, @Nullable Object value, List<@Nullable Object> arguments, Map<String, @Nullable Object> named)
            throws JinjaException {
        Given given = new Given(name, arguments, named);
        if (name.equals("defined") || name.equals("undefined")) {
            given.most(0);
            return (Deferred.settled(value) instanceof Undefined) == name.equals("undefined");
        }
        Condition condition = KNOWN.get(name);
        if (condition == null) {
            throw new JinjaException("the test 'is " + name + "' is not evaluated here" + hint(name));
        }
        return condition.holds(Values.used(value), given);
    }

    private static boolean isIterable(@Nullable Object value) {
        return value instanceof String
                || value instanceof List<?>
                || value instanceof Map<?, ?>
                || value instanceof LazyMap;
    }

    private static int remainder(@Nullable Object value, int by, Given given) throws JinjaException {
        given.most(0);
        if (value instanceof String) {
            throw new JinjaException("a text is neither even nor odd");
        }
        Object rest = Arithmetic.apply("%", value, by);
        return Values.equal(rest, 0) ? 0 : Values.equal(rest, 1) ? 1 : 2;
    }

    private static boolean isCase(@Nullable Object value, Given given, boolean upper) throws JinjaException {
        given.most(0);
        String text = PythonText.str(value);
        boolean cased = text.codePoints().anyMatch(c -> Character.isUpperCase(c) || Character.isLowerCase(c));
        return cased && text.equals(upper ? text.toUpperCase(Locale.ROOT) : text.toLowerCase(Locale.ROOT));
    }

    private static boolean truthy(@Nullable Object value, Given raw) throws JinjaException {
        Given given = raw.with("convert_bool");
        if (given.flag("convert_bool", false) && value instanceof String text) {
            String word = PythonSpace.strip(text).toLowerCase(Locale.ROOT);
            if (Set.of("0", "off", "f", "n", "no", "false").contains(word)) {
                return false;
            }
        }
        return Values.isTrue(value);
    }

    @FunctionalInterface
    private interface Search {
        boolean in(Matcher matcher);
    }

    private static boolean regex(@Nullable Object value, Given raw, Search search) throws JinjaException {
        Given given = raw.with("pattern", "ignorecase", "multiline");
        return search.in(PythonRegex.compile(
                        given.text("pattern", ""), given.flag("ignorecase", false), given.flag("multiline", false))
                .matcher(PythonText.str(value)));
    }

    private static boolean within(@Nullable Object small, @Nullable Object large) throws JinjaException {
        List<@Nullable Object> all = Values.items(large);
        for (Object item : Values.items(small)) {
            if (!Values.in(all, item)) {
                return false;
            }
        }
        return true;
    }

    private static boolean version(@Nullable Object value, Given raw) throws JinjaException {
        Given given = raw.with("version", "operator", "strict", "version_type");
        if (given.has("strict") || given.has("version_type")) {
            throw new JinjaException("'version' is evaluated here without strict and version_type");
        }
        Map<String, String> operators = Map.ofEntries(
                Map.entry("==", "=="),
                Map.entry("=", "=="),
                Map.entry("eq", "=="),
                Map.entry("<", "<"),
                Map.entry("lt", "<"),
                Map.entry("<=", "<="),
                Map.entry("le", "<="),
                Map.entry(">", ">"),
                Map.entry("gt", ">"),
                Map.entry(">=", ">="),
                Map.entry("ge", ">="),
                Map.entry("!=", "!="),
                Map.entry("<>", "!="),
                Map.entry("ne", "!="));
        String operator = operators.get(given.text("operator", "eq"));
        if (operator == null) {
            throw new JinjaException("'version' knows no operator '" + given.text("operator", "") + "'");
        }
        return Expression.Comparison.holds(operator, parts(value), parts(Values.used(given.get("version"))));
    }

    private static List<Object> parts(@Nullable Object version) throws JinjaException {
        String text = PythonText.str(version);
        if (!text.matches("\\d{1,9}(\\.\\d{1,9})*")) {
            throw new JinjaException("'version' compares here only numbers with dots between them");
        }
        List<Object> parts = new ArrayList<>();
        for (String part : text.split("\\.", -1)) {
            parts.add(Integer.valueOf(part));
        }
        return parts;
    }
}
