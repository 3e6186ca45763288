package org.cchq.migrate.jinja;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The names on the left of an assignment. */
final class Targets {
    private Targets() {}

    static void bind(List<String> targets, Scope scope, @Nullable Object value) throws JinjaException {
        if (targets.size() == 1) {
            bindOne(targets.get(0), scope, value);
            return;
        }
        List<@Nullable Object> parts = Values.items(value);
        if (parts.size() != targets.size()) {
            throw new JinjaException(
                    parts.size() + " values for the " + targets.size() + " names " + String.join(", ", targets));
        }
        for (int i = 0; i < parts.size(); i++) {
            bindOne(targets.get(i), scope, parts.get(i));
        }
    }

    private static void bindOne(String target, Scope scope, @Nullable Object value) throws JinjaException {
        int dot = target.indexOf('.');
        if (dot < 0) {
            scope.set(target, value);
        } else if (Values.used(scope.get(target.substring(0, dot))) instanceof Namespace namespace) {
            namespace.set(target.substring(dot + 1), value);
        } else {
            throw new JinjaException("'" + target.substring(0, dot) + "' is no namespace; only of one can '"
                    + target.substring(dot + 1) + "' be set");
        }
    }
}
