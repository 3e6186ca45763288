package org.cchq.migrate.jinja;

/** Something undefined was used. A variable that cannot be evaluated for this reason is itself undefined. */
public final class UndefinedException extends JinjaException {
    private final String name;

    UndefinedException(String place, String reason, String name) {
        super(place, reason);
        this.name = name;
    }

    /** What was asked for and is set nowhere, as a dotted path; empty if it has none. */
    public String name() {
        return name;
    }

    @Override
    JinjaException at(String where) {
        return place().isEmpty() ? new UndefinedException(where, reason(), name) : this;
    }
}
