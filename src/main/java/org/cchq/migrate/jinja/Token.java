package org.cchq.migrate.jinja;

/**
 * A piece of a template.
 *
 * @param text as written; of a string the text between its quotes, escapes resolved
 */
record Token(Kind kind, String text, int line, int start, int end) {
    enum Kind {
        DATA,
        VARIABLE_BEGIN,
        VARIABLE_END,
        BLOCK_BEGIN,
        BLOCK_END,
        NAME,
        STRING,
        INTEGER,
        FLOAT,
        OPERATOR,
        END
    }

    boolean isOperator(String wanted) {
        return kind == Kind.OPERATOR && text.equals(wanted);
    }

    boolean isName(String wanted) {
        return kind == Kind.NAME && text.equals(wanted);
    }

    String shown() {
        return switch (kind) {
            case DATA -> "text";
            case END -> "the end";
            case VARIABLE_END -> "}}";
            case BLOCK_END -> "%}";
            case STRING -> "a string";
            default -> "'" + text + "'";
        };
    }
}
