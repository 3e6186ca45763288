package org.cchq.migrate.jinja;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The variables that expressions may name, as their files have them: null, Boolean, Integer, Long, BigInteger, Double,
 * String (taken as it is), {@link SourceText} (evaluated when asked for), List, Map, {@link LazyMap}.
 */
public interface Names {
    boolean has(String name);

    /** The value of a name that {@link #has} knows. */
    @Nullable
    Object get(String name);

    /** All of them, for "did you mean". */
    Set<String> all();

    /** Where a name that is set nowhere would be set: {@code public.yml}. */
    String home(String name);
}
