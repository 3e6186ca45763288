package org.cchq.migrate.javascript;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cchq.migrate.javascript.Token.Kind;
import org.cchq.migrate.javascript.TokenCursor.UnreadableException;
import org.cchq.migrate.javascript.Values.Special;

/**
 * Runs a function of which only the document's {@code doc_type} is known, both branches where a condition is not, and says
 * whether it has an effect. Reads and runs at once, statement by statement; loops once. For one run.
 */
final class PartialRun {
    /** What a function can do that somebody notices. */
    enum Effect {
        /** Calls {@code emit}. */
        EMIT,
        /** Returns something that is not false. */
        RETURN,
        THROW
    }

    private static final int DEEPEST = 200;
    private static final List<Set<String>> OPERATORS = List.of(
            Set.of("|"),
            Set.of("^"),
            Set.of("&"),
            Set.of("==", "!=", "===", "!=="),
            Set.of("<", ">", "<=", ">=", "in", "instanceof"),
            Set.of("<<", ">>", ">>>"),
            Set.of("+", "-"),
            Set.of("*", "/", "%", "**"));
    private static final Set<String> ASSIGNMENTS = Set.of(
            "=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", ">>>=", "**=", "&&=", "||=", "??=");
    private static final Set<String> CHANGING = Set.of("push", "unshift", "splice", "pop", "shift", "concat");
    private static final Set<String> PREFIXES = Set.of("!", "-", "+", "~", "++", "--");
    private static final Set<String> PREFIX_WORDS = Set.of("typeof", "void", "delete");

    private final TokenCursor cursor;
    private final String docType;
    private final Effect sought;
    private final Map<String, Integer> assigned = new HashMap<>();
    private final Map<String, Object> names = new HashMap<>();
    private int functions;
    private int depth;
    private Truth flow = Truth.YES;
    private Truth reached = Truth.NO;

    PartialRun(List<Token> tokens, String docType, Effect sought) {
        this.cursor = new TokenCursor(tokens);
        this.docType = docType;
        this.sought = sought;
        countAssignments(tokens);
    }

    /** A name is a constant if it is given a value once, and nothing within that value is changed. */
    private void countAssignments(List<Token> tokens) {
        for (int i = 0; i + 1 < tokens.size(); i++) {
            Token token = tokens.get(i);
            Token next = tokens.get(i + 1);
            boolean stepped = next.kind() == Kind.NAME && (token.is("++") || token.is("--"));
            if (stepped) {
                assigned.merge(next.text(), 1, Integer::sum);
            }
            if (token.kind() != Kind.NAME) {
                continue;
            }
            int target = new TokenCursor(tokens, i + 1).endOfMembers();
            boolean filled =
                    target > i + 1 && CHANGING.contains(tokens.get(target - 1).text());
            if (filled || (target < tokens.size() && assigns(tokens.get(target)))) {
                assigned.merge(token.text(), 1, Integer::sum);
            }
        }
    }

    private static boolean assigns(Token token) {
        return token.kind() == Kind.PUNCTUATOR
                && (ASSIGNMENTS.contains(token.text()) || token.is("++") || token.is("--"));
    }

    /** Whether the effect can come about. */
    Truth run() throws UnreadableException {
        while (!cursor.ended()) {
            flow = Truth.YES;
            statement();
        }
        return reached;
    }

    private void statement() throws UnreadableException {
        if (++depth > DEEPEST) {
            throw new UnreadableException(cursor.peek());
        }
        Token first = cursor.peek();
        if (first.is("{")) {
            block();
        } else if (first.is(";")) {
            cursor.next();
        } else if (first.kind() == Kind.NAME && !cursor.after(1).is(":")) {
            switch (first.text()) {
                case "if" -> ifStatement();
                case "for", "while", "with" -> loop();
                case "do" -> doWhile();
                case "switch" -> switchStatement();
                case "return" -> returnStatement();
                case "throw" -> throwStatement();
                case "break", "continue" -> jump();
                case "try" -> tryStatement();
                case "var", "let", "const" -> declaration();
                default -> expressionStatement();
            }
        } else if (first.kind() == Kind.NAME) {
            cursor.next();
            cursor.next();
            statement();
        } else {
            expressionStatement();
        }
        depth--;
    }

    private void expressionStatement() throws UnreadableException {
        expression();
        cursor.skip(";");
    }

    private void block() throws UnreadableException {
        cursor.take("{");
        while (!cursor.peek().is("}")) {
            statement();
        }
        cursor.take("}");
    }

    private void ifStatement() throws UnreadableException {
        cursor.next();
        cursor.take("(");
        Truth condition = Values.truth(expression());
        cursor.take(")");
        Truth before = flow;
        Truth otherwise = before.and(condition.not());
        flow = before.and(condition);
        Truth entered = flow;
        statement();
        boolean goesOn = flow == entered;
        Truth then = flow;
        flow = otherwise;
        if (cursor.peek().word("else")) {
            cursor.next();
            statement();
            goesOn &= flow == otherwise;
        }
        flow = goesOn ? before : then.or(flow);
    }

    private void loop() throws UnreadableException {
        cursor.next();
        cursor.skipParentheses();
        maybe(this::statement);
    }

    private void doWhile() throws UnreadableException {
        cursor.next();
        maybe(this::statement);
        cursor.takeWord("while");
        cursor.skipParentheses();
        cursor.skip(";");
    }

    private void switchStatement() throws UnreadableException {
        cursor.next();
        cursor.take("(");
        Object subject = expression();
        cursor.take(")");
        cursor.take("{");
        Truth before = flow;
        Truth left = before;
        flow = Truth.NO;
        while (!cursor.peek().is("}")) {
            if (cursor.peek().word("default")) {
                cursor.next();
                cursor.take(":");
                flow = flow.or(left);
            } else if (cursor.peek().word("case")) {
                cursor.next();
                Truth same = Values.truth(Values.binary("===", subject, expression()));
                cursor.take(":");
                flow = flow.or(left.and(same));
                left = left.and(same.not());
            } else {
                statement();
            }
        }
        cursor.take("}");
        flow = before;
    }

    private void returnStatement() throws UnreadableException {
        Token word = cursor.next();
        boolean nothing = cursor.peek().is(";")
                || cursor.peek().is("}")
                || cursor.ended()
                || cursor.peek().line() != word.line();
        Object value = nothing ? Special.NOTHING : expression();
        cursor.skip(";");
        if (sought == Effect.RETURN && functions == 1) {
            reached = reached.or(flow.and(Values.truth(value)));
        }
        flow = Truth.NO;
    }

    private void throwStatement() throws UnreadableException {
        cursor.next();
        expression();
        cursor.skip(";");
        if (sought == Effect.THROW) {
            reached = reached.or(flow);
        }
        flow = Truth.NO;
    }

    private void jump() {
        Token word = cursor.next();
        if (cursor.peek().kind() == Kind.NAME && cursor.peek().line() == word.line()) {
            cursor.next();
        }
        cursor.skip(";");
        flow = Truth.NO;
    }

    private void tryStatement() throws UnreadableException {
        cursor.next();
        Truth before = flow;
        block();
        Truth after = flow;
        if (cursor.peek().word("catch")) {
            cursor.next();
            if (cursor.peek().is("(")) {
                cursor.skipParentheses();
            }
            flow = before.and(Truth.UNKNOWN);
            block();
            after = after.or(flow);
        }
        flow = before;
        if (cursor.peek().word("finally")) {
            cursor.next();
            block();
        }
        flow = after;
    }

    private void declaration() throws UnreadableException {
        do {
            cursor.next();
            Token name = cursor.next();
            if (name.kind() != Kind.NAME) {
                throw new UnreadableException(name);
            }
            if (cursor.peek().is("=")) {
                cursor.next();
                Object value = assignment();
                boolean constant = assigned.getOrDefault(name.text(), 0) == 1;
                names.put(name.text(), constant ? value : Special.UNKNOWN);
            }
        } while (cursor.peek().is(","));
        cursor.skip(";");
    }

    /** Something that is run once, more often, or not at all. */
    private void maybe(Part part) throws UnreadableException {
        Truth before = flow;
        flow = before.and(Truth.UNKNOWN);
        part.run();
        flow = before;
    }

    private interface Part {
        void run() throws UnreadableException;
    }

    private Object expression() throws UnreadableException {
        Object value = assignment();
        while (cursor.peek().is(",")) {
            cursor.next();
            value = assignment();
        }
        return value;
    }

    private Object assignment() throws UnreadableException {
        if (++depth > DEEPEST) {
            throw new UnreadableException(cursor.peek());
        }
        Object value = conditional();
        if (cursor.peek().kind() == Kind.PUNCTUATOR
                && ASSIGNMENTS.contains(cursor.peek().text())) {
            cursor.next();
            value = assignment();
        }
        depth--;
        return value;
    }

    private Object conditional() throws UnreadableException {
        Object condition = either();
        if (!cursor.peek().is("?")) {
            return condition;
        }
        cursor.next();
        Truth before = flow;
        Truth holds = Values.truth(condition);
        flow = before.and(holds);
        Object then = assignment();
        cursor.take(":");
        flow = before.and(holds.not());
        Object otherwise = assignment();
        flow = before;
        return holds == Truth.YES || then.equals(otherwise) ? then : holds == Truth.NO ? otherwise : Special.UNKNOWN;
    }

    private Object either() throws UnreadableException {
        Object left = both();
        while (cursor.peek().is("||") || cursor.peek().is("??")) {
            boolean onlyNothing = cursor.next().is("??");
            Truth holds = onlyNothing ? Truth.UNKNOWN : Values.truth(left);
            Truth before = flow;
            flow = before.and(holds.not());
            Object right = both();
            flow = before;
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
            Truth before = flow;
            flow = before.and(holds);
            Object right = binary(0);
            flow = before;
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
                Object key = expression();
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
                values.add(assignment());
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
                Object value = expression();
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
                yield function(parameters(")"), this::block);
            }
            case "else", "case", "default", "catch", "finally", "class", "async", "import", "export" ->
                throw new UnreadableException(token);
            case "emit" -> {
                if (sought == Effect.EMIT) {
                    // Without a call it is handed on, and may be called there.
                    reached = reached.or(cursor.peek().is("(") ? flow : flow.and(Truth.UNKNOWN));
                }
                yield Special.UNKNOWN;
            }
            default -> names.getOrDefault(token.text(), Special.UNKNOWN);
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
            fields.put(key.text(), assignment());
        }
        cursor.take("}");
        return fields;
    }

    private Object arrow(List<String> parameters) throws UnreadableException {
        cursor.take("=>");
        return function(parameters, () -> {
            if (cursor.peek().is("{")) {
                block();
                return;
            }
            Object value = assignment();
            if (sought == Effect.RETURN && functions == 1) {
                reached = reached.or(flow.and(Values.truth(value)));
            }
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
        functions++;
        Map<String, Object> outer = new HashMap<>(names);
        parameters.forEach(name -> names.put(name, functions == 1 ? Special.DOCUMENT : Special.UNKNOWN));
        Truth before = flow;
        flow = functions == 1 ? Truth.YES : before.and(Truth.UNKNOWN);
        body.run();
        flow = before;
        names.clear();
        names.putAll(outer);
        functions--;
        return Special.UNKNOWN;
    }
}
