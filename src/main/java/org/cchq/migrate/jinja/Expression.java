package org.cchq.migrate.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An expression of Jinja2 that can be evaluated. */
interface Expression {
    @Nullable
    Object value(Scope scope) throws JinjaException;

    /** As a dotted path, for messages: {@code secrets.S3_ACCESS_KEY}; empty if it is none. */
    default String path() {
        return "";
    }

    /** {@code 1}, {@code 'text'}, {@code true}, {@code none}. */
    record Literal(@Nullable Object constant) implements Expression {
        @Override
        public @Nullable Object value(Scope scope) {
            return constant;
        }
    }

    /** A variable. */
    record Name(String name) implements Expression {
        @Override
        public @Nullable Object value(Scope scope) throws JinjaException {
            return scope.get(name);
        }

        @Override
        public String path() {
            return name;
        }
    }

    /** {@code [a, b]}, or {@code (a, b)}. */
    record Listing(List<Expression> items, boolean tuple) implements Expression {
        @Override
        public Object value(Scope scope) throws JinjaException {
            List<@Nullable Object> values = new ArrayList<>();
            for (Expression item : items) {
                values.add(item.value(scope));
            }
            return tuple ? new Tuple(values) : values;
        }
    }

    /** {@code {a: b}}. */
    record Mapping(List<Expression> keys, List<Expression> values) implements Expression {
        @Override
        public Object value(Scope scope) throws JinjaException {
            Map<Object, @Nullable Object> map = new LinkedHashMap<>();
            for (int i = 0; i < keys.size(); i++) {
                Object key = Values.used(keys.get(i).value(scope));
                if (key == null || !Values.isHashable(key)) {
                    throw new JinjaException("a " + Values.kind(key) + " is not used as a key here");
                }
                map.put(Values.key(map, key).orElse(key), values.get(i).value(scope));
            }
            return map;
        }
    }

    /** {@code a if condition else b}. */
    record Conditional(
            Expression condition, Expression yes, @Nullable Expression no) implements Expression {
        @Override
        public @Nullable Object value(Scope scope) throws JinjaException {
            if (Values.isTrue(condition.value(scope))) {
                return yes.value(scope);
            }
            return no == null
                    ? new Undefined("", "the inline if is false here and has no else", "", true)
                    : no.value(scope);
        }
    }

    /** {@code and} and {@code or}: the value that decides. */
    record Either(Expression left, Expression right, boolean and) implements Expression {
        @Override
        public @Nullable Object value(Scope scope) throws JinjaException {
            Object first = left.value(scope);
            return Values.isTrue(first) == and ? right.value(scope) : first;
        }
    }

    /** {@code not a}. */
    record Not(Expression of) implements Expression {
        @Override
        public Object value(Scope scope) throws JinjaException {
            return !Values.isTrue(of.value(scope));
        }
    }

    /** {@code -a}, {@code +a}. */
    record Signed(String sign, Expression of) implements Expression {
        @Override
        public Object value(Scope scope) throws JinjaException {
            Object value = of.value(scope);
            return sign.equals("-") ? Arithmetic.negative(value) : Arithmetic.positive(value);
        }
    }

    /** {@code a + b}. */
    record Binary(String operator, Expression left, Expression right) implements Expression {
        @Override
        public @Nullable Object value(Scope scope) throws JinjaException {
            return Arithmetic.apply(operator, left.value(scope), right.value(scope));
        }
    }

    /** {@code a ~ b ~ c}. */
    record Joined(List<Expression> parts) implements Expression {
        @Override
        public Object value(Scope scope) throws JinjaException {
            StringBuilder text = new StringBuilder();
            for (Expression part : parts) {
                text.append(PythonText.str(part.value(scope)));
            }
            return text.toString();
        }
    }

    /** {@code a < b <= c}, {@code a in b}. */
    record Comparison(Expression first, List<String> operators, List<Expression> operands) implements Expression {
        @Override
        public Object value(Scope scope) throws JinjaException {
            Object left = first.value(scope);
            for (int i = 0; i < operators.size(); i++) {
                Object right = operands.get(i).value(scope);
                if (!holds(operators.get(i), left, right)) {
                    return false;
                }
                left = right;
            }
            return true;
        }

        static boolean holds(String operator, @Nullable Object left, @Nullable Object right) throws JinjaException {
            return switch (operator) {
                case "==" -> Values.equal(left, right);
                case "!=" -> !Values.equal(left, right);
                case "in" -> Values.contains(right, left);
                case "not in" -> !Values.contains(right, left);
                case "<" -> Values.compare(left, right) < 0;
                case "<=" -> Values.compare(left, right) <= 0;
                case ">" -> Values.compare(left, right) > 0;
                default -> Values.compare(left, right) >= 0;
            };
        }
    }

    /** {@code a.b}: what the value has of that name, else its item. */
    record Attribute(Expression of, String name) implements Expression {
        @Override
        public @Nullable Object value(Scope scope) throws JinjaException {
            return Items.attribute(of.value(scope), name, path());
        }

        @Override
        public String path() {
            return of.path() + "." + name;
        }
    }

    /** {@code a[b]}, {@code a.0}: the item, else what the value has of that name. */
    record Item(Expression of, Expression key) implements Expression {
        @Override
        public @Nullable Object value(Scope scope) throws JinjaException {
            Object value = of.value(scope);
            return Items.item(value, key.value(scope), path());
        }

        @Override
        public String path() {
            return of.path() + (key instanceof Literal literal ? "." + literal.constant() : "[...]");
        }
    }

    /** {@code a[b:c:d]}. */
    record Slice(
            Expression of,
            @Nullable Expression start,
            @Nullable Expression stop,
            @Nullable Expression step) implements Expression {
        @Override
        public @Nullable Object value(Scope scope) throws JinjaException {
            Object value = of.value(scope);
            return Items.slice(
                    value,
                    start == null ? null : start.value(scope),
                    stop == null ? null : stop.value(scope),
                    step == null ? null : step.value(scope));
        }
    }

    /** Arguments of a call. */
    record Arguments(List<Expression> positional, Map<String, Expression> named) {
        static final Arguments NONE = new Arguments(List.of(), Map.of());

        List<@Nullable Object> values(Scope scope) throws JinjaException {
            List<@Nullable Object> values = new ArrayList<>();
            for (Expression argument : positional) {
                values.add(argument.value(scope));
            }
            return values;
        }

        Map<String, @Nullable Object> namedValues(Scope scope) throws JinjaException {
            Map<String, @Nullable Object> values = new LinkedHashMap<>();
            for (Map.Entry<String, Expression> argument : named.entrySet()) {
                values.put(argument.getKey(), argument.getValue().value(scope));
            }
            return values;
        }
    }

    /** {@code f(a, b=c)}. */
    record Call(Expression function, Arguments arguments) implements Expression {
        @Override
        public @Nullable Object value(Scope scope) throws JinjaException {
            Object called = Values.used(function.value(scope));
            if (called instanceof Callable callable) {
                return callable.call(arguments.values(scope), arguments.namedValues(scope));
            }
            throw new JinjaException("'" + function.path() + "' is a " + Values.kind(called) + " and cannot be called");
        }
    }

    /** {@code a | name(b)}. */
    record Filtered(Expression of, String name, Arguments arguments) implements Expression {
        @Override
        public @Nullable Object value(Scope scope) throws JinjaException {
            return Filters.apply(name, of.value(scope), arguments.values(scope), arguments.namedValues(scope));
        }
    }

    /** {@code a is name(b)}. */
    record Tested(Expression of, String name, Arguments arguments) implements Expression {
        @Override
        public Object value(Scope scope) throws JinjaException {
            return Tests.apply(name, of.value(scope), arguments.values(scope), arguments.namedValues(scope));
        }
    }
}
