package org.cchq.migrate.jinja;

/** Something undefined was used. A variable that cannot be evaluated for this reason is itself undefined. */
public final class UndefinedException extends JinjaException {
    UndefinedException(String place, String reason) {
        super(place, reason);
    }

    @Override
    JinjaException at(String where) {
        return place().isEmpty() ? new UndefinedException(where, reason()) : this;
    }
}
