package org.cchq.migrate.jinja;

import java.util.AbstractMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code loop} inside a loop: its counters, and nothing else. */
final class LoopState extends AbstractMap<String, @Nullable Object> implements Explained {
    private static final Set<String> NOT_HERE = Set.of("cycle", "changed");

    private final Map<String, @Nullable Object> counters;

    LoopState(Map<String, @Nullable Object> counters) {
        this.counters = counters;
    }

    @Override
    public Set<Entry<String, @Nullable Object>> entrySet() {
        return counters.entrySet();
    }

    @Override
    public java.util.Optional<String> absence(Object key) {
        return java.util.Optional.empty();
    }

    @Override
    public java.util.Optional<String> refusal(Object key) {
        return key instanceof String name && NOT_HERE.contains(name)
                ? java.util.Optional.of("'loop." + name + "' is not evaluated here")
                : java.util.Optional.empty();
    }
}
