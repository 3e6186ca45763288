package org.cchq.migrate.javascript;

import java.util.List;
import org.cchq.migrate.javascript.Token.Kind;
import org.cchq.migrate.javascript.TokenCursor.UnreadableException;
import org.cchq.migrate.javascript.Values.Special;

/**
 * Runs a function of which only the document's {@code doc_type} is known, both branches where a condition is not, and says
 * whether it has an effect. Reads and runs at once, statement by statement; loops once. For one run.
 */
final class PartialRun {
    private final TokenCursor cursor;
    private final Reach reach;
    private final Names names;
    private final Expressions expressions;

    PartialRun(List<Token> tokens, String docType, Effect sought) {
        this.cursor = new TokenCursor(tokens);
        this.reach = new Reach(sought);
        this.names = new Names(tokens);
        this.expressions = new Expressions(cursor, reach, names, docType, this::block);
    }

    /** Whether the effect can come about. */
    Truth run() throws UnreadableException {
        while (!cursor.ended()) {
            reach.flow(Truth.YES);
            statement();
        }
        return reach.reached();
    }

    private void statement() throws UnreadableException {
        cursor.deeper();
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
        cursor.higher();
    }

    private void expressionStatement() throws UnreadableException {
        expressions.list();
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
        Truth condition = Values.truth(expressions.list());
        cursor.take(")");
        Truth before = reach.flow();
        Truth otherwise = before.and(condition.not());
        reach.flow(before.and(condition));
        Truth entered = reach.flow();
        statement();
        boolean goesOn = reach.flow() == entered;
        Truth then = reach.flow();
        reach.flow(otherwise);
        if (cursor.peek().word("else")) {
            cursor.next();
            statement();
            goesOn &= reach.flow() == otherwise;
        }
        reach.flow(goesOn ? before : then.or(reach.flow()));
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
        Object subject = expressions.list();
        cursor.take(")");
        cursor.take("{");
        Truth before = reach.flow();
        Truth left = before;
        reach.flow(Truth.NO);
        while (!cursor.peek().is("}")) {
            if (cursor.peek().word("default")) {
                cursor.next();
                cursor.take(":");
                reach.flow(reach.flow().or(left));
            } else if (cursor.peek().word("case")) {
                cursor.next();
                Truth same = Values.truth(Values.binary("===", subject, expressions.list()));
                cursor.take(":");
                reach.flow(reach.flow().or(left.and(same)));
                left = left.and(same.not());
            } else {
                statement();
            }
        }
        cursor.take("}");
        reach.flow(before);
    }

    private void returnStatement() throws UnreadableException {
        Token word = cursor.next();
        boolean nothing = cursor.peek().is(";")
                || cursor.peek().is("}")
                || cursor.ended()
                || cursor.peek().line() != word.line();
        Object value = nothing ? Special.NOTHING : expressions.list();
        cursor.skip(";");
        reach.returns(value);
        reach.flow(Truth.NO);
    }

    private void throwStatement() throws UnreadableException {
        cursor.next();
        expressions.list();
        cursor.skip(";");
        reach.throwsSomething();
        reach.flow(Truth.NO);
    }

    private void jump() {
        Token word = cursor.next();
        if (cursor.peek().kind() == Kind.NAME && cursor.peek().line() == word.line()) {
            cursor.next();
        }
        cursor.skip(";");
        reach.flow(Truth.NO);
    }

    private void tryStatement() throws UnreadableException {
        cursor.next();
        Truth before = reach.flow();
        block();
        Truth after = reach.flow();
        if (cursor.peek().word("catch")) {
            cursor.next();
            if (cursor.peek().is("(")) {
                cursor.skipParentheses();
            }
            reach.flow(before.and(Truth.UNKNOWN));
            block();
            after = after.or(reach.flow());
        }
        reach.flow(before);
        if (cursor.peek().word("finally")) {
            cursor.next();
            block();
        }
        reach.flow(after);
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
                names.declare(name.text(), expressions.one());
            }
        } while (cursor.peek().is(","));
        cursor.skip(";");
    }

    /** Something that is run once, more often, or not at all. */
    private void maybe(Expressions.Part part) throws UnreadableException {
        Truth before = reach.flow();
        reach.flow(before.and(Truth.UNKNOWN));
        part.run();
        reach.flow(before);
    }
}
