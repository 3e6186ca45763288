package org.cchq.migrate.environment;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cchq.migrate.jinja.Names;
import org.cchq.migrate.jinja.SourceText;
import org.jspecify.annotations.Nullable;

/** What expressions may name: the layers of variables, the strongest first, and above them Ansible's own. */
final class HostNames implements Names {
    private final List<YamlMap> layers;
    private final Map<String, Object> magic;

    HostNames(List<YamlMap> layers, Map<String, Object> magic) {
        this.layers = layers;
        this.magic = magic;
    }

    @Override
    public boolean has(String name) {
        return magic.containsKey(name) || layers.stream().anyMatch(layer -> layer.has(name));
    }

    @Override
    public @Nullable Object get(String name) {
        if (magic.containsKey(name)) {
            return magic.get(name);
        }
        return layers.stream()
                .flatMap(layer -> layer.get(name).stream())
                .findFirst()
                .map(HostNames::raw)
                .orElse(null);
    }

    @Override
    public Set<String> all() {
        Set<String> names = new LinkedHashSet<>(magic.keySet());
        layers.forEach(layer -> names.addAll(layer.keys()));
        return names;
    }

    @Override
    public String home(String name) {
        return name.equals("secrets") || name.equals("localsettings_private") ? "vault.yml" : "public.yml";
    }

    /** The value with its expressions still unevaluated. */
    static @Nullable Object raw(YamlValue value) {
        if (value instanceof YamlMap map) {
            Map<Object, @Nullable Object> entries = new LinkedHashMap<>();
            map.keys()
                    .forEach(key ->
                            entries.put(map.typedKey(key), raw(map.get(key).orElseThrow())));
            return Collections.unmodifiableMap(entries);
        }
        if (value instanceof YamlValue.Sequence list) {
            List<@Nullable Object> items = new ArrayList<>();
            list.items().forEach(item -> items.add(raw(item)));
            return Collections.unmodifiableList(items);
        }
        YamlValue.Scalar scalar = (YamlValue.Scalar) value;
        if (scalar.value() instanceof String text && !scalar.literal() && SourceText.isPossibly(text)) {
            return new SourceText(text, scalar.place());
        }
        return scalar.value();
    }
}
