package org.cchq.migrate.environment;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.cchq.migrate.base.Secret;

/** The values of a vault that must not be shown: all, but for switches and the names of accounts. */
final class VaultValues {
    private static final Set<String> NAMES = Set.of("user", "username", "host", "email");

    private VaultValues() {}

    static List<Secret> of(YamlMap vault) {
        List<Secret> found = new ArrayList<>();
        add("", vault, found);
        return List.copyOf(found);
    }

    private static void add(String key, YamlValue value, List<Secret> found) {
        if (value instanceof YamlMap map) {
            map.keys().forEach(name -> add(name, map.get(name).orElseThrow(), found));
        } else if (value instanceof YamlValue.Sequence list) {
            list.items().forEach(item -> add(key, item, found));
        } else if (value instanceof YamlValue.Scalar scalar
                && scalar.value() != null
                && !(scalar.value() instanceof Boolean)
                && NAMES.stream().noneMatch(name -> key.toLowerCase(Locale.ROOT).endsWith(name))) {
            found.add(new Secret(String.valueOf(scalar.value())));
        }
    }
}
