package org.cchq.migrate.jinja;

/**
 * What a name or item that is set nowhere evaluates to. Only {@code default}, {@code is defined} and the like may touch it.
 *
 * @param place of the text that could not be evaluated; empty for the expression at hand
 * @param reason what any use says
 * @param lenient true for an inline if without else: written out it is nothing, and it counts as false and empty
 */
record Undefined(String place, String reason, boolean lenient) {
    Undefined(String reason) {
        this("", reason, false);
    }

    Undefined(String place, String reason) {
        this(place, reason, false);
    }

    UndefinedException used() {
        return new UndefinedException(place, reason);
    }
}
