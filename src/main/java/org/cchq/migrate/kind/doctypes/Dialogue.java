package org.cchq.migrate.kind.doctypes;

import java.util.Optional;

/** A person who can be told something, and asked. */
public interface Dialogue {
    void say(String line);

    /** A line that was typed, without its end; empty if nobody is there to type one. */
    Optional<String> ask(String question);
}
