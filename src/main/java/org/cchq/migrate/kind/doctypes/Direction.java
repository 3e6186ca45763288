package org.cchq.migrate.kind.doctypes;

/** Which way changes are carried. */
public enum Direction {
    /** From the source to the target: what HQ's {@code --continuous} does. */
    FORWARD(""),
    /** From the target to the source: after the flip, so that going back loses nothing. */
    REVERSE("-reverse");

    private final String suffix;

    Direction(String suffix) {
        this.suffix = suffix;
    }

    /** End of the names of its records. */
    String suffix() {
        return suffix;
    }
}
