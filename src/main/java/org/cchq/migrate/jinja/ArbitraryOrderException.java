package org.cchq.migrate.jinja;

/** An index was taken from a list whose order means nothing: another item on each run. */
public final class ArbitraryOrderException extends JinjaException {
    ArbitraryOrderException(String place, String reason) {
        super(place, reason);
    }

    @Override
    JinjaException at(String where) {
        return place().isEmpty() ? new ArbitraryOrderException(where, reason()) : this;
    }
}
