package org.cchq.migrate.jinja;

/**
 * What a name or item that is set nowhere evaluates to. Only {@code default}, {@code is defined} and the like may touch it.
 *
 * @param place of the text that could not be evaluated; empty for the expression at hand
 * @param reason what any use says
 * @param name what was asked for, as a dotted path; empty if it has none
 * @param lenient true for an inline if without else: written out it is nothing, and it counts as false and empty
 */
record Undefined(String place, String reason, String name, boolean lenient) {
    Undefined(String reason) {
        this("", reason, "", false);
    }

    /** What a variable is that could not be evaluated for that reason. */
    static Undefined because(UndefinedException e) {
        return new Undefined(e.place(), e.reason(), e.name(), false);
    }

    UndefinedException used() {
        return new UndefinedException(place, reason, name);
    }
}
