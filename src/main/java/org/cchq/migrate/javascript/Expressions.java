package org.cchq.migrate.javascript;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cchq.migrate.javascript.Token.Kind;
import org.cchq.migrate.javascript.TokenCursor.UnreadableException;
import org.cchq.migrate.javascript.Values.Special;

/** Reads expressions and says what they come to, as far as that can be known. Functions within them are run on the spot. */
final class Expressions {
    private static final List<Set<String>> OPERATORS = List.of(
            Set.of("|"),
            Set.of("^"),
            Set.of("&"),
            Set.of("==", "!=", "===", "!=="),
            Set.of("<", ">", "<=", ">=", "in", "instanceof"),
            Set.of("<<", ">>", ">>>"),
            Set.of("+", "-"),
            Set.of("*", "/", "%", "**"));
    private static final Set<String> PREFIXES = Set.of("!", "-", "+", "~", "++", "--");
    private static final Set<String> PREFIX_WORDS = Set.of("typeof", "void", "delete");

    /** The body of a function. */
    interface Part {
        void run() throws UnreadableException;
    }

    private final TokenCursor cursor;
    private final Reach reach;
    private final Names names;
    private final String docType;
    private final Part block;

    /** @param block reads and runs a block in braces */
    Expressions(TokenCursor cursor, Reach reach, Names names, String docType, Part block) {
        this.cursor = cursor;
        this.reach = reach;
        this.names = names;
        this.docType = docType;
        this.block = block;
    }

    Object list() throws UnreadableException {
        Object value = one();
        while (cursor.peek().is(",")) {
            cursor.next();
            value = one();
        }
        return value;
    }

    Object one() throws UnreadableException {
        cursor.deeper();
        Object value = conditional();
        if (cursor.peek().kind() == Kind.PUNCTUATOR
                && Names.ASSIGNMENTS.contains(cursor.peek().text())) {
            cursor.next();
            value = one();
        }
        cursor.higher();
        return value;
    }

    private Object conditional() throws UnreadableException {
        Object condition = either();
        if (!cursor.peek().is("?")) {
            return condition;
        }
        cursor.next();
        Truth before = reach.flow();
        Truth holds = Values.truth(condition);
        reach.flow(before.and(holds));
        Object then = one();
        cursor.take(":");
        reach.flow(before.and(holds.not()));
        Object otherwise = one();
        reach.flow(before);
        return holds == Truth.YES || then.equals(otherwise) ? then : holds == Truth.NO ? otherwise : Special.UNKNOWN;
    }

    private Object either() throws UnreadableException {
        Object left = both();
        while (cursor.peek().is("||") || cursor.peek().is("??")) {
            boolean onlyNothing = cursor.next().is("??");
            Truth holds = onlyNothing ? Truth.UNKNOWN : Values.truth(left);
            Truth before = reach.flow();
            reach.flow(before.and(holds.not()));
            Object right = both();
            reach.flow(before);
            boolean certain = holds == Truth.UNKNOWN && !onlyNothing && Values.truth(right) == Truth.YES;
            left = holds == Truth.YES ? left : holds == Truth.NO ? right : certain ? true : Special.UNKNOWN;
        }
        return left;
    }

    private Object both() throws UnreadableException {
        Object left = binary(0);
        while (cursor.peek().is("&&")) {
            cursor.next();
            Truth holds = Values.truth(left);
            Truth before = reach.flow();
            reach.flow(before.and(holds));
            Object right = binary(0);
            reach.flow(before);
            boolean never = holds == Truth.UNKNOWN && Values.truth(right) == Truth.NO;
            left = holds == Truth.NO ? left : holds == Truth.YES ? right : never ? false : Special.UNKNOWN;
        }
        return left;
    }

    private Object binary(int level) throws UnreadableException {
        if (level == OPERATORS.size()) {
            return unary();
        }
        Object left = binary(level + 1);
        while (cursor.peek().kind() != Kind.STRING
                && OPERATORS.get(level).contains(cursor.peek().text())) {
            String operator = cursor.next().text();
            left = Values.binary(operator, left, binary(level + 1));
        }
        return left;
    }

    private Object unary() throws UnreadableException {
        Token first = cursor.peek();
        boolean prefix = (first.kind() == Kind.PUNCTUATOR && PREFIXES.contains(first.text()))
                || (first.kind() == Kind.NAME && PREFIX_WORDS.contains(first.text()));
        if (prefix) {
            cursor.next();
            return Values.unary(first.text(), unary());
        }
        if (first.word("new")) {
            cursor.next();
            unary();
            return Special.UNKNOWN;
        }
        return postfix();
    }

    private Object postfix() throws UnreadableException {
        Object value = primary();
        while (true) {
            Token token = cursor.peek();
            if (token.is(".") || token.is("?.")) {
                cursor.next();
                value = member(value, cursor.next());
            } else if (token.is("[")) {
                cursor.next();
                Object key = list();
                cursor.take("]");
                value = value == Special.DOCUMENT ? field(key) : Values.member(value, key);
            } else if (token.is("(")) {
                arguments();
                value = Special.UNKNOWN;
            } else if (token.is("++") || token.is("--")) {
                cursor.next();
                value = Special.UNKNOWN;
            } else {
                return value;
            }
        }
    }

    private Object member(Object base, Token name) throws UnreadableException {
        if (name.kind() != Kind.NAME) {
            throw new UnreadableException(name);
        }
        if (cursor.peek().is("(")) {
            return Values.call(base, name.text(), arguments());
        }
        return base == Special.DOCUMENT ? field(name.text()) : Values.member(base, name.text());
    }

    private Object field(Object key) {
        return key.equals("doc_type") ? docType : Special.UNKNOWN;
    }

    private List<Object> arguments() throws UnreadableException {
        cursor.take("(");
        return values(")");
    }

    private List<Object> values(String end) throws UnreadableException {
        List<Object> values = new ArrayList<>();
        while (!cursor.peek().is(end)) {
            if (cursor.peek().is(",")) {
                cursor.next();
            } else {
                values.add(one());
            }
        }
        cursor.take(end);
        return values;
    }

    private Object primary() throws UnreadableException {
        Token token = cursor.next();
        return switch (token.kind()) {
            case STRING -> token.text();
            case TEMPLATE -> Special.UNKNOWN;
            case REGEX -> Values.regex(token.text());
            case NUMBER -> number(token.text());
            case NAME -> name(token);
            case PUNCTUATOR -> bracketed(token);
        };
    }

    private Object bracketed(Token token) throws UnreadableException {
        return switch (token.text()) {
            case "(" -> {
                if (cursor.arrowFollows()) {
                    yield arrow(parameters(")"));
                }
                Object value = list();
                cursor.take(")");
                yield value;
            }
            case "[" -> values("]");
            case "{" -> object();
            default -> throw new UnreadableException(token);
        };
    }

    private static Object number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Special.UNKNOWN;
        }
    }

    private Object name(Token token) throws UnreadableException {
        if (cursor.peek().is("=>")) {
            return arrow(List.of(token.text()));
        }
        return switch (token.text()) {
            case "true" -> true;
            case "false" -> false;
            case "null", "undefined" -> Special.NOTHING;
            case "function" -> {
                if (cursor.peek().kind() == Kind.NAME) {
                    cursor.next();
                }
                cursor.take("(");
                yield function(parameters(")"), block);
            }
            case "else", "case", "default", "catch", "finally", "class", "async", "import", "export" ->
                throw new UnreadableException(token);
            case "emit" -> {
                reach.emits(cursor.peek().is("("));
                yield Special.UNKNOWN;
            }
            default -> names.get(token.text());
        };
    }

    private Object object() throws UnreadableException {
        Map<String, Object> fields = new LinkedHashMap<>();
        while (!cursor.peek().is("}")) {
            Token key = cursor.next();
            if (key.is(",")) {
                continue;
            }
            if (key.kind() == Kind.PUNCTUATOR || !cursor.peek().is(":")) {
                throw new UnreadableException(key);
            }
            cursor.next();
            fields.put(key.text(), one());
        }
        cursor.take("}");
        return fields;
    }

    private Object arrow(List<String> parameters) throws UnreadableException {
        cursor.take("=>");
        return function(parameters, () -> {
            if (cursor.peek().is("{")) {
                block.run();
                return;
            }
            Object value = one();
            reach.returns(value);
        });
    }

    private List<String> parameters(String end) throws UnreadableException {
        List<String> parameters = new ArrayList<>();
        while (!cursor.peek().is(end)) {
            Token token = cursor.next();
            if (token.kind() == Kind.NAME) {
                parameters.add(token.text());
            } else if (!token.is(",")) {
                throw new UnreadableException(token);
            }
        }
        cursor.take(end);
        return parameters;
    }

    /** The outermost one is called with the document; one within it by nobody knows whom. */
    private Object function(List<String> parameters, Part body) throws UnreadableException {
        reach.enterFunction();
        Map<String, Object> outer = names.all();
        parameters.forEach(name -> names.put(name, reach.outermost() ? Special.DOCUMENT : Special.UNKNOWN));
        Truth before = reach.flow();
        reach.flow(reach.outermost() ? Truth.YES : before.and(Truth.UNKNOWN));
        body.run();
        reach.flow(before);
        names.restore(outer);
        reach.leaveFunction();
        return Special.UNKNOWN;
    }
}
