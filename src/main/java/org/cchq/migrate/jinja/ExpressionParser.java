package org.cchq.migrate.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cchq.migrate.jinja.Expression.Arguments;
import org.cchq.migrate.jinja.Token.Kind;
import org.jspecify.annotations.Nullable;

/** Reads expressions by Jinja2's own grammar and precedence, quirks included: a filter binds tighter than a sign's operand. */
final class ExpressionParser {
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
    private static final int DEEPEST = 100;

    private final TokenStream stream;
    private int depth;

    ExpressionParser(TokenStream stream) {
        this.stream = stream;
    }

    /** An expression, or several with commas between, which are a tuple. */
    Expression tuple() throws JinjaException {
        Expression first = expression();
        if (!stream.peek().isOperator(",")) {
            return first;
        }
        List<Expression> items = new ArrayList<>(List.of(first));
        while (stream.skipOperator(",")) {
            if (endsTuple()) {
                break;
            }
            items.add(expression());
        }
        return new Expression.Listing(items, true);
    }

    private boolean endsTuple() {
        Token token = stream.peek();
        return token.kind() == Kind.VARIABLE_END || token.kind() == Kind.BLOCK_END || token.isOperator(")");
    }

    Expression expression() throws JinjaException {
        if (++depth > DEEPEST) {
            throw stream.wrong("the expression is nested too deeply");
        }
        Expression value = either();
        while (stream.skipName("if")) {
            Expression condition = either();
            value = new Expression.Conditional(condition, value, stream.skipName("else") ? expression() : null);
        }
        depth--;
        return value;
    }

    /** Without an inline if: what a loop goes through may be followed by its own if. */
    Expression either() throws JinjaException {
        Expression left = both();
        while (stream.skipName("or")) {
            left = new Expression.Either(left, both(), false);
        }
        return left;
    }

    private Expression both() throws JinjaException {
        Expression left = not();
        while (stream.skipName("and")) {
            left = new Expression.Either(left, not(), true);
        }
        return left;
    }

    private Expression not() throws JinjaException {
        return stream.skipName("not") ? new Expression.Not(not()) : comparison();
    }

    private Expression comparison() throws JinjaException {
        Expression first = sum();
        List<String> operators = new ArrayList<>();
        List<Expression> operands = new ArrayList<>();
        while (true) {
            Token token = stream.peek();
            if (token.kind() == Kind.OPERATOR && COMPARISONS.contains(token.text())) {
                operators.add(stream.next().text());
            } else if (stream.skipName("in")) {
                operators.add("in");
            } else if (token.isName("not") && stream.peekNext().isName("in")) {
                stream.next();
                stream.next();
                operators.add("not in");
            } else {
                return operators.isEmpty() ? first : new Expression.Comparison(first, operators, operands);
            }
            operands.add(sum());
        }
    }

    private Expression sum() throws JinjaException {
        Expression left = joined();
        while (stream.peek().isOperator("+") || stream.peek().isOperator("-")) {
            left = new Expression.Binary(stream.next().text(), left, joined());
        }
        return left;
    }

    private Expression joined() throws JinjaException {
        List<Expression> parts = new ArrayList<>(List.of(product()));
        while (stream.skipOperator("~")) {
            parts.add(product());
        }
        return parts.size() == 1 ? parts.get(0) : new Expression.Joined(parts);
    }

    private Expression product() throws JinjaException {
        Expression left = power();
        while (stream.peek().kind() == Kind.OPERATOR
                && Set.of("*", "/", "//", "%").contains(stream.peek().text())) {
            left = new Expression.Binary(stream.next().text(), left, power());
        }
        return left;
    }

    private Expression power() throws JinjaException {
        Expression left = unary(true);
        while (stream.skipOperator("**")) {
            left = new Expression.Binary("**", left, unary(true));
        }
        return left;
    }

    private Expression unary(boolean filters) throws JinjaException {
        Token token = stream.peek();
        Expression value;
        if (token.isOperator("-") || token.isOperator("+")) {
            stream.next();
            value = new Expression.Signed(token.text(), unary(false));
        } else {
            value = primary();
        }
        value = postfix(value);
        return filters ? filters(value) : value;
    }

    Expression primary() throws JinjaException {
        Token token = stream.peek();
        switch (token.kind()) {
            case NAME -> {
                stream.next();
                return switch (token.text()) {
                    case "true", "True" -> new Expression.Literal(true);
                    case "false", "False" -> new Expression.Literal(false);
                    case "none", "None" -> new Expression.Literal(null);
                    default -> new Expression.Name(token.text());
                };
            }
            case STRING -> {
                StringBuilder text = new StringBuilder();
                while (stream.peek().kind() == Kind.STRING) {
                    text.append(stream.next().text());
                }
                return new Expression.Literal(text.toString());
            }
            case INTEGER, FLOAT -> {
                stream.next();
                return new Expression.Literal(number(token));
            }
            case OPERATOR -> {
                if (token.text().equals("(")) {
                    return parenthesised();
                }
                if (token.text().equals("[")) {
                    return listing();
                }
                if (token.text().equals("{")) {
                    return mapping();
                }
            }
            default -> {}
        }
        throw stream.wrong("expected an expression, found " + token.shown());
    }

    private static Object number(Token token) {
        String digits = token.text().replace("_", "");
        if (token.kind() == Kind.FLOAT) {
            return Double.valueOf(digits);
        }
        if (digits.length() > 1 && Character.isLetter(digits.charAt(1))) {
            int radix = switch (Character.toLowerCase(digits.charAt(1))) {
                case 'x' -> 16;
                case 'o' -> 8;
                default -> 2;
            };
            return Values.shrink(new BigInteger(digits.substring(2), radix));
        }
        return Values.shrink(new BigInteger(digits));
    }

    private Expression parenthesised() throws JinjaException {
        stream.expectOperator("(");
        if (stream.skipOperator(")")) {
            return new Expression.Listing(List.of(), true);
        }
        Expression value = tuple();
        stream.expectOperator(")");
        return value;
    }

    private Expression listing() throws JinjaException {
        stream.expectOperator("[");
        List<Expression> items = new ArrayList<>();
        while (!stream.peek().isOperator("]")) {
            if (!items.isEmpty()) {
                stream.expectOperator(",");
                if (stream.peek().isOperator("]")) {
                    break;
                }
            }
            items.add(expression());
        }
        stream.expectOperator("]");
        return new Expression.Listing(items, false);
    }

    private Expression mapping() throws JinjaException {
        stream.expectOperator("{");
        List<Expression> keys = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!stream.peek().isOperator("}")) {
            if (!keys.isEmpty()) {
                stream.expectOperator(",");
                if (stream.peek().isOperator("}")) {
                    break;
                }
            }
            keys.add(expression());
            stream.expectOperator(":");
            values.add(expression());
        }
        stream.expectOperator("}");
        return new Expression.Mapping(keys, values);
    }

    private Expression postfix(Expression of) throws JinjaException {
        Expression value = of;
        while (true) {
            if (stream.skipOperator(".")) {
                Token token = stream.next();
                if (token.kind() == Kind.NAME) {
                    value = new Expression.Attribute(value, token.text());
                } else if (token.kind() == Kind.INTEGER) {
                    value = new Expression.Item(value, new Expression.Literal(number(token)));
                } else {
                    throw stream.wrong("expected a name or number after '.', found " + token.shown());
                }
            } else if (stream.skipOperator("[")) {
                value = subscript(value);
            } else if (stream.peek().isOperator("(")) {
                value = new Expression.Call(value, arguments());
            } else {
                return value;
            }
        }
    }

    private Expression subscript(Expression of) throws JinjaException {
        Expression start = stream.peek().isOperator(":") ? null : expression();
        Expression value;
        if (start != null && !stream.peek().isOperator(":")) {
            value = new Expression.Item(of, start);
        } else {
            stream.expectOperator(":");
            Expression stop = bound();
            Expression step = stream.skipOperator(":") ? bound() : null;
            value = new Expression.Slice(of, start, stop, step);
        }
        stream.expectOperator("]");
        return value;
    }

    private @Nullable Expression bound() throws JinjaException {
        return stream.peek().isOperator("]") || stream.peek().isOperator(":") ? null : expression();
    }

    Expression filters(Expression of) throws JinjaException {
        Expression value = of;
        while (true) {
            if (stream.peek().isOperator("|")) {
                value = filter(value);
            } else if (stream.skipName("is")) {
                value = test(value);
            } else if (stream.peek().isOperator("(")) {
                value = new Expression.Call(value, arguments());
            } else {
                return value;
            }
        }
    }

    private Expression filter(Expression of) throws JinjaException {
        stream.expectOperator("|");
        String name = dotted("a filter's name");
        if (!Filters.knows(name)) {
            throw stream.wrong("the filter '" + name + "' is not evaluated here" + Filters.hint(name)
                    + "; write the value itself");
        }
        return new Expression.Filtered(of, name, stream.peek().isOperator("(") ? arguments() : Arguments.NONE);
    }

    private Expression test(Expression of) throws JinjaException {
        boolean negated = stream.skipName("not");
        String name = dotted("a test's name");
        if (!Tests.knows(name)) {
            throw stream.wrong("the test 'is " + name + "' is not evaluated here" + Tests.hint(name));
        }
        Token token = stream.peek();
        Arguments arguments = Arguments.NONE;
        if (token.isOperator("(")) {
            arguments = arguments();
        } else if (beginsArgument(token)) {
            if (token.isName("is")) {
                throw stream.wrong("tests cannot be chained with 'is'");
            }
            arguments = new Arguments(List.of(postfix(primary())), Map.of());
        }
        Expression tested = new Expression.Tested(of, name, arguments);
        return negated ? new Expression.Not(tested) : tested;
    }

    private static boolean beginsArgument(Token token) {
        return switch (token.kind()) {
            case NAME -> !Set.of("else", "or", "and").contains(token.text());
            case STRING, INTEGER, FLOAT -> true;
            case OPERATOR -> token.text().equals("[") || token.text().equals("{");
            default -> false;
        };
    }

    private String dotted(String what) throws JinjaException {
        StringBuilder name = new StringBuilder(stream.expect(Kind.NAME, what).text());
        while (stream.skipOperator(".")) {
            name.append('.').append(stream.expect(Kind.NAME, what).text());
        }
        return name.toString().replaceFirst("^ansible\\.builtin\\.", "");
    }

    Arguments arguments() throws JinjaException {
        stream.expectOperator("(");
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        boolean first = true;
        while (!stream.peek().isOperator(")")) {
            if (!first) {
                stream.expectOperator(",");
                if (stream.peek().isOperator(")")) {
                    break;
                }
            }
            first = false;
            if (stream.peek().isOperator("*") || stream.peek().isOperator("**")) {
                throw stream.wrong("arguments with '*' are not evaluated here");
            }
            if (stream.peek().kind() == Kind.NAME && stream.peekNext().isOperator("=")) {
                String name = stream.next().text();
                stream.next();
                if (named.put(name, expression()) != null) {
                    throw stream.wrong("the argument '" + name + "' is given twice");
                }
            } else if (named.isEmpty()) {
                positional.add(expression());
            } else {
                throw stream.wrong("an argument without name follows one with a name");
            }
        }
        stream.expectOperator(")");
        return new Arguments(positional, named);
    }
}
