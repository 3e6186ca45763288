package org.cchq.migrate.jinja;

import java.util.List;
import org.cchq.migrate.jinja.Token.Kind;

/** Tokens with a place to read from. */
final class TokenStream {
    private final List<Token> tokens;
    private int at;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token peek() {
        return tokens.get(at);
    }

    Token peekNext() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    Token next() {
        Token token = tokens.get(at);
        at = Math.min(at + 1, tokens.size() - 1);
        return token;
    }

    boolean skipOperator(String operator) {
        return skip(peek().isOperator(operator));
    }

    boolean skipName(String name) {
        return skip(peek().isName(name));
    }

    private boolean skip(boolean there) {
        if (there) {
            next();
        }
        return there;
    }

    Token expect(Kind kind, String shown) throws JinjaException {
        if (peek().kind() != kind) {
            throw wrong("expected " + shown + ", found " + peek().shown());
        }
        return next();
    }

    void expectOperator(String operator) throws JinjaException {
        if (!skipOperator(operator)) {
            throw wrong("expected '" + operator + "', found " + peek().shown());
        }
    }

    /** What is wrong at the next token; the line counts from the beginning of the text. */
    JinjaException wrong(String what) {
        return new JinjaException((peek().line() > 1 ? "line " + peek().line() + ": " : "") + what);
    }
}
