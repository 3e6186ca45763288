package org.cchq.migrate.javascript;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.javascript.Token.Kind;
import org.cchq.migrate.javascript.TokenCursor.UnreadableException;

/** What one function of a design document can be told to do from its text alone. */
public final class FunctionReading {
    /** What the function is for, which decides what counts as concerning a document. */
    public enum Role {
        /** {@code function(doc)} of a view: it emits. */
        MAP(Effect.EMIT),
        /** {@code function(doc, req)}: it returns something that is not false. Also shows and updates. */
        ANSWER(Effect.RETURN),
        /** {@code function(newDoc, oldDoc, userCtx)}: it throws. */
        VALIDATION(Effect.THROW);

        private final Effect effect;

        Role(Effect effect) {
            this.effect = effect;
        }
    }

    private final List<Token> tokens;

    public FunctionReading(String text) {
        this.tokens = Tokenizer.tokens(text);
    }

    /**
     * Whether the function does its work for a document of this type; {@link Truth#UNKNOWN} if something else of the document
     * decides it, or it cannot be read.
     */
    public Truth concerns(String docType, Role role) {
        try {
            return new PartialRun(tokens, docType, role.effect).run();
        } catch (UnreadableException e) {
            return Truth.UNKNOWN;
        }
    }

    /** What cannot be read in it. */
    public Optional<String> unreadable() {
        try {
            new PartialRun(tokens, "", Effect.EMIT).run();
            return Optional.empty();
        } catch (UnreadableException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Every string in it, joined ones ({@code "a" + "b"}) also as one, and every name that stands before a colon, as keys do. */
    public Set<String> literals() {
        Set<String> found = new LinkedHashSet<>();
        String joined = "";
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            boolean key = token.kind() == Kind.NAME
                    && i + 1 < tokens.size()
                    && tokens.get(i + 1).is(":");
            if (token.kind() == Kind.STRING) {
                boolean goesOn =
                        i > 1 && tokens.get(i - 1).is("+") && tokens.get(i - 2).kind() == Kind.STRING;
                joined = goesOn ? joined + token.text() : token.text();
                found.add(token.text());
                found.add(joined);
            } else if (key) {
                found.add(token.text());
            }
        }
        return found;
    }

    /** The line of a string or key; 0 if it is not there. */
    public int lineOf(String literal) {
        return tokens.stream()
                .filter(token -> token.text().equals(literal))
                .mapToInt(Token::line)
                .findFirst()
                .orElse(0);
    }

    /** Whether a name, a field's among them, occurs outside of strings and comments. */
    public boolean names(String name) {
        return tokens.stream().anyMatch(token -> token.word(name));
    }

    /** Whether both are the same but for comments and white space. */
    public boolean sameAs(FunctionReading other) {
        if (tokens.size() != other.tokens.size()) {
            return false;
        }
        for (int i = 0; i < tokens.size(); i++) {
            Token mine = tokens.get(i);
            Token its = other.tokens.get(i);
            if (mine.kind() != its.kind() || !mine.text().equals(its.text())) {
                return false;
            }
        }
        return true;
    }
}
