package org.cchq.migrate.jinja;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names that a template sets itself, innermost first, then those of the environment. Not thread-safe. */
final class Scope {
    private final Evaluation evaluation;
    private final @Nullable Scope outer;
    private final Map<String, @Nullable Object> own = new HashMap<>();

    Scope(Evaluation evaluation) {
        this(evaluation, null);
    }

    private Scope(Evaluation evaluation, @Nullable Scope outer) {
        this.evaluation = evaluation;
        this.outer = outer;
    }

    Scope inner() {
        return new Scope(evaluation, this);
    }

    Evaluation evaluation() {
        return evaluation;
    }

    void set(String name, @Nullable Object value) {
        own.put(name, value);
    }

    @Nullable
    Object get(String name) throws JinjaException {
        Scope scope = this;
        while (scope != null) {
            if (scope.own.containsKey(name)) {
                return scope.own.get(name);
            }
            scope = scope.outer;
        }
        return evaluation.variable(name);
    }
}
