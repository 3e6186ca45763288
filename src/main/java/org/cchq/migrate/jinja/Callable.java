package org.cchq.migrate.jinja;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Something that an expression may call: a method of a text, {@code range}. */
@FunctionalInterface
interface Callable {
    @Nullable
    Object call(List<@Nullable Object> arguments, Map<String, @Nullable Object> named) throws JinjaException;
}
