package org.cchq.migrate.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.cchq.migrate.jinja.Token.Kind;
import org.jspecify.annotations.Nullable;

/** Reads a template: text, outputs, if, for, set, macro, raw. Any other statement is refused. */
final class TemplateParser {
    private static final Set<String> KNOWN_ELSEWHERE = Set.of(
            "include",
            "import",
            "from",
            "extends",
            "block",
            "call",
            "filter",
            "with",
            "autoescape",
            "do",
            "break",
            "continue");

    private final TokenStream stream;
    private final ExpressionParser expressions;

    private TemplateParser(TokenStream stream) {
        this.stream = stream;
        this.expressions = new ExpressionParser(stream);
    }

    static List<Statement> parse(String text) throws JinjaException {
        TokenStream stream = new TokenStream(Lexer.tokens(text));
        return new TemplateParser(stream).body(Set.of(), "");
    }

    /** Up to a statement of the given names, which is left to read; all of the rest if there are none. */
    private List<Statement> body(Set<String> ends, String opened) throws JinjaException {
        List<Statement> body = new ArrayList<>();
        while (true) {
            Token token = stream.peek();
            switch (token.kind()) {
                case DATA -> body.add(new Statement.Text(stream.next().text()));
                case VARIABLE_BEGIN -> {
                    stream.next();
                    Expression value = expressions.tuple();
                    stream.expect(Kind.VARIABLE_END, "}}");
                    body.add(new Statement.Output(value, token.line()));
                }
                case BLOCK_BEGIN -> {
                    if (ends.contains(stream.peekNext().text())) {
                        stream.next();
                        return body;
                    }
                    stream.next();
                    body.add(statement(token.line()));
                }
                default -> {
                    if (!ends.isEmpty()) {
                        throw stream.wrong("{% " + opened + " %} has no end");
                    }
                    return body;
                }
            }
        }
    }

    private Statement statement(int line) throws JinjaException {
        Token token = stream.expect(Kind.NAME, "a statement");
        return switch (token.text()) {
            case "if" -> choice();
            case "for" -> loop(line);
            case "set" -> assignment(line);
            case "macro" -> macro();
            default ->
                throw stream.wrong(
                        KNOWN_ELSEWHERE.contains(token.text())
                                ? "the statement {% " + token.text() + " %} is not evaluated here"
                                : "unexpected {% " + token.text() + " %}");
        };
    }

    private Statement choice() throws JinjaException {
        List<Statement.Branch> branches = new ArrayList<>();
        String word = "if";
        while (!word.equals("endif")) {
            int line = stream.peek().line();
            Expression condition = word.equals("else") ? null : expressions.tuple();
            stream.expect(Kind.BLOCK_END, "%}");
            Set<String> ends = word.equals("else") ? Set.of("endif") : Set.of("elif", "else", "endif");
            branches.add(new Statement.Branch(condition, body(ends, "if"), line));
            word = stream.next().text();
        }
        stream.expect(Kind.BLOCK_END, "%}");
        return new Statement.Choice(branches);
    }

    private Statement loop(int line) throws JinjaException {
        List<String> targets = targets(false);
        if (!stream.skipName("in")) {
            throw stream.wrong("expected 'in', found " + stream.peek().shown());
        }
        Expression items = sequence();
        Expression condition = stream.skipName("if") ? expressions.expression() : null;
        if (stream.peek().isName("recursive")) {
            throw stream.wrong("a recursive loop is not evaluated here");
        }
        stream.expect(Kind.BLOCK_END, "%}");
        List<Statement> body = body(Set.of("else", "endfor"), "for");
        List<Statement> otherwise = List.of();
        if (stream.next().text().equals("else")) {
            stream.expect(Kind.BLOCK_END, "%}");
            otherwise = body(Set.of("endfor"), "for");
            stream.next();
        }
        stream.expect(Kind.BLOCK_END, "%}");
        return new Statement.Loop(targets, items, condition, body, otherwise, line);
    }

    private Expression sequence() throws JinjaException {
        Expression first = expressions.either();
        if (!stream.peek().isOperator(",")) {
            return first;
        }
        List<Expression> items = new ArrayList<>(List.of(first));
        while (stream.skipOperator(",")) {
            items.add(expressions.either());
        }
        return new Expression.Listing(items, true);
    }

    private Statement assignment(int line) throws JinjaException {
        List<String> targets = targets(true);
        if (!stream.skipOperator("=")) {
            throw stream.wrong("only {% set name = value %} is evaluated here");
        }
        Expression value = expressions.tuple();
        stream.expect(Kind.BLOCK_END, "%}");
        return new Statement.Assignment(targets, value, line);
    }

    private List<String> targets(boolean namespaces) throws JinjaException {
        List<String> names = new ArrayList<>();
        do {
            String name = stream.expect(Kind.NAME, "a name").text();
            if (Set.of("true", "false", "none", "True", "False", "None").contains(name)) {
                throw stream.wrong("'" + name + "' cannot be set");
            }
            if (namespaces && stream.skipOperator(".")) {
                name += "." + stream.expect(Kind.NAME, "a name").text();
            }
            names.add(name);
        } while (stream.skipOperator(","));
        return names;
    }

    private Statement macro() throws JinjaException {
        String name = stream.expect(Kind.NAME, "the macro's name").text();
        List<String> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        stream.expectOperator("(");
        while (!stream.skipOperator(")")) {
            if (!parameters.isEmpty()) {
                stream.expectOperator(",");
            }
            parameters.add(stream.expect(Kind.NAME, "a parameter").text());
            @Nullable Expression value = stream.skipOperator("=") ? expressions.expression() : null;
            if (value != null) {
                defaults.add(value);
            } else if (!defaults.isEmpty()) {
                throw stream.wrong("a parameter without default follows one with a default");
            }
        }
        stream.expect(Kind.BLOCK_END, "%}");
        List<Statement> body = body(Set.of("endmacro"), "macro");
        stream.next();
        stream.expect(Kind.BLOCK_END, "%}");
        return new Statement.Macro(name, parameters, defaults, body);
    }
}
