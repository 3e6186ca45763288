package org.cchq.migrate.javascript;

/**
 * One word of a program; comments are none.
 *
 * @param text as it stands there; of a string its contents, escapes resolved
 * @param line from 1
 */
public record Token(Kind kind, String text, int line) {
    /** What sort of word. */
    public enum Kind {
        NAME,
        NUMBER,
        STRING,
        /** A template literal with substitutions; without any it is a string. */
        TEMPLATE,
        REGEX,
        PUNCTUATOR
    }

    boolean is(String punctuator) {
        return kind == Kind.PUNCTUATOR && text.equals(punctuator);
    }

    boolean word(String name) {
        return kind == Kind.NAME && text.equals(name);
    }
}
