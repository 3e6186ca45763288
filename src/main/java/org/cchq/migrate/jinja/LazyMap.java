package org.cchq.migrate.jinja;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A mapping whose values are worked out when they are asked for, as Ansible's {@code hostvars}. */
public interface LazyMap {
    Set<String> keys();

    /** The evaluated value of one of the keys. */
    @Nullable
    Object get(String key) throws JinjaException;

    /** Why there is no such key, for the message. */
    String absence(String key);
}
