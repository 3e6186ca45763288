package org.cchq.migrate.javascript;

/** What a function can do that somebody notices. */
enum Effect {
    /** Calls {@code emit}. */
    EMIT,
    /** Returns something that is not false. */
    RETURN,
    THROW
}
