package org.cchq.migrate.kind.doctypes;

/** The run was asked to stop while it waited; what was begun is redone by the next one. */
final class StoppedException extends Exception {
    StoppedException() {
        super("the run was asked to stop");
    }
}
