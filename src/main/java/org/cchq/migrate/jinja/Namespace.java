package org.cchq.migrate.jinja;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Jinja2's {@code namespace()}: what a loop may change for those outside. */
final class Namespace {
    private final Map<String, @Nullable Object> values;

    Namespace(Map<String, @Nullable Object> values) {
        this.values = new LinkedHashMap<>(values);
    }

    void set(String name, @Nullable Object value) {
        values.put(name, value == null ? new None() : value);
    }

    Optional<Object> find(String name) throws JinjaException {
        Object value = values.get(name);
        if (value instanceof None) {
            throw new JinjaException("a namespace holds none, which is not done here");
        }
        return Optional.ofNullable(value);
    }

    private record None() {}
}
