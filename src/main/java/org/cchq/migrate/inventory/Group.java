package org.cchq.migrate.inventory;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A group as declared.
 *
 * @param hosts declared in the group itself, in order of declaration
 * @param children names of the groups directly below, in Ansible's order
 * @param variables the group's own, not those of its parents
 */
public record Group(String name, List<String> hosts, List<String> children, Map<String, @Nullable Object> variables) {
    public Group {
        hosts = List.copyOf(hosts);
        children = List.copyOf(children);
        variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    }
}
