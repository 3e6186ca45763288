package org.cchq.migrate.jinja;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of the environment whose values are evaluated one by one when they are asked for, so that one that cannot be does
 * not keep the others away; used as a whole, all are. Ansible evaluates all of them always, and then fails.
 */
final class Deferred {
    private final Evaluation evaluation;
    private final String variable;
    private final Map<?, ?> raw;
    private final Map<Object, @Nullable Object> evaluated = new HashMap<>();
    private @Nullable Map<Object, @Nullable Object> whole;

    /** @param variable the name of the variable that the mapping is, or is in */
    Deferred(Evaluation evaluation, String variable, Map<?, ?> raw) {
        this.evaluation = evaluation;
        this.variable = variable;
        this.raw = raw;
    }

    /** The mapping with its values unevaluated. */
    Map<?, ?> raw() {
        return raw;
    }

    /** The value under a key of {@link #raw}, mappings still deferred; undefined if it cannot be evaluated for that. */
    @Nullable
    Object item(Object key) throws JinjaException {
        if (!evaluated.containsKey(key)) {
            Object value = raw.get(key);
            evaluated.put(
                    key,
                    value instanceof Map<?, ?> map && !(value instanceof Explained)
                            ? new Deferred(evaluation, variable, map)
                            : evaluation.within(variable, value));
        }
        return evaluated.get(key);
    }

    Map<Object, @Nullable Object> whole() throws JinjaException {
        if (whole == null) {
            Map<Object, @Nullable Object> all = new LinkedHashMap<>();
            for (Object key : raw.keySet()) {
                all.put(key, Values.used(item(key)));
            }
            whole = all;
        }
        return whole;
    }

    /** The key as the mapping has it. */
    Optional<Object> key(@Nullable Object wanted) throws JinjaException {
        return Values.isHashable(wanted) ? Values.key(raw, wanted) : Optional.empty();
    }

    /** The whole, or undefined if something in it is. */
    static @Nullable Object settled(@Nullable Object value) throws JinjaException {
        if (!(value instanceof Deferred deferred)) {
            return value;
        }
        try {
            return deferred.whole();
        } catch (UndefinedException e) {
            return Undefined.because(e);
        }
    }
}
