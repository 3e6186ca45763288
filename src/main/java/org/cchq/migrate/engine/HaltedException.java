package org.cchq.migrate.engine;

/** Work was given up because the run is ending; what was begun is redone by the next one. */
final class HaltedException extends Exception {
    HaltedException() {
        super("the run is ending");
    }
}
