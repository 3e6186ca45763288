package org.cchq.migrate.environment;

import java.util.ArrayList;
import java.util.List;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.environment.Remark.Level;

/** Collects what a check finds. Not thread-safe. */
final class Remarks {
    private final Problems errors = new Problems();
    private final Problems warnings = new Problems();
    private final Problems notes = new Problems();

    /** Where readers put what is wrong. */
    Problems errors() {
        return errors;
    }

    void error(String place, String what) {
        errors.add(place, what);
    }

    void warn(String place, String what) {
        warnings.add(place, what);
    }

    void note(String place, String what) {
        notes.add(place, what);
    }

    /** All of them, errors first. */
    List<Remark> all() {
        List<Remark> all = new ArrayList<>();
        errors.all().forEach(text -> all.add(new Remark(Level.ERROR, text)));
        warnings.all().forEach(text -> all.add(new Remark(Level.WARNING, text)));
        notes.all().forEach(text -> all.add(new Remark(Level.NOTE, text)));
        return List.copyOf(all);
    }
}
