package org.cchq.migrate.javascript;

import java.util.List;
import org.cchq.migrate.javascript.Token.Kind;

/** A place in a program. */
final class TokenCursor {
    /** Something that is not read here. */
    static final class UnreadableException extends Exception {
        UnreadableException(Token at) {
            super(at.equals(END) ? "it ends too early" : "'" + at.text() + "' in line " + at.line());
        }
    }

    private static final int DEEPEST = 200;
    private static final Token END = new Token(Kind.PUNCTUATOR, "the end", 0);

    private final List<Token> tokens;
    private int at;
    private int depth;

    TokenCursor(List<Token> tokens) {
        this(tokens, 0);
    }

    TokenCursor(List<Token> tokens, int at) {
        this.tokens = tokens;
        this.at = at;
    }

    /** Into a statement or an expression; a program that is nested too deeply is not read. */
    void deeper() throws UnreadableException {
        if (++depth > DEEPEST) {
            throw new UnreadableException(peek());
        }
    }

    void higher() {
        depth--;
    }

    boolean ended() {
        return at >= tokens.size();
    }

    Token peek() {
        return after(0);
    }

    Token after(int more) {
        return at + more < tokens.size() ? tokens.get(at + more) : END;
    }

    Token next() {
        Token token = peek();
        at++;
        return token;
    }

    void take(String punctuator) throws UnreadableException {
        if (!peek().is(punctuator)) {
            throw new UnreadableException(peek());
        }
        at++;
    }

    void takeWord(String word) throws UnreadableException {
        if (!peek().word(word)) {
            throw new UnreadableException(peek());
        }
        at++;
    }

    void skip(String punctuator) {
        if (peek().is(punctuator)) {
            at++;
        }
    }

    void skipParentheses() throws UnreadableException {
        int end = endOf("(", ")", at);
        if (end < 0) {
            throw new UnreadableException(END);
        }
        at = end;
    }

    /** Within a parenthesis: whether it holds the parameters of an arrow function. */
    boolean arrowFollows() {
        int end = endOf("(", ")", at - 1);
        return end >= 0 && end < tokens.size() && tokens.get(end).is("=>");
    }

    /** The place behind {@code .name} and {@code [key]}, as many as there are. */
    int endOfMembers() {
        int end = at;
        while (end < tokens.size()) {
            int next = end;
            if (tokens.get(end).is(".") && end + 1 < tokens.size()) {
                next = end + 2;
            } else if (tokens.get(end).is("[")) {
                next = endOf("[", "]", end);
            }
            if (next <= end) {
                break;
            }
            end = next;
        }
        return end;
    }

    /** The place behind the end of what is opened at a place; -1 if it does not end, or nothing is opened. */
    private int endOf(String open, String close, int from) {
        int depth = 0;
        for (int i = from; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            depth += token.is(open) ? 1 : token.is(close) ? -1 : 0;
            if (depth == 0) {
                return token.is(close) ? i + 1 : -1;
            }
        }
        return -1;
    }
}
