package org.cchq.migrate.jinja;

import org.cchq.migrate.base.UserException;

/**
 * An expression or template cannot be evaluated: it is wrong, uses something undefined, or asks for what is not done here.
 * Its place, if known, is where to mend: the innermost text.
 */
public class JinjaException extends UserException {
    private final String place;
    private final String reason;

    public JinjaException(String reason) {
        this("", reason);
    }

    JinjaException(String place, String reason) {
        super(place.isEmpty() ? reason : place + ": " + reason);
        this.place = place;
        this.reason = reason;
    }

    /** File and line; empty if not known. */
    public String place() {
        return place;
    }

    /** The message without the place. */
    public String reason() {
        return reason;
    }

    /** The same with its place, unless it has one already. */
    JinjaException at(String where) {
        return place.isEmpty() ? new JinjaException(where, reason) : this;
    }
}
