package org.cchq.migrate.environment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.inventory.Inventory;
import org.jspecify.annotations.Nullable;

/**
 * The variables of an environment with Ansible's precedence of extra vars: vault.yml, then what commcare-cloud generates
 * from meta.yml and proxy.yml, then public.yml. Values that are asked for are checked for their type, and plain
 * references in them ({@code {{ secrets.NAME }}}, {@code {{ groups.proxy.0 }}}) are looked up.
 */
final class Variables {
    private final List<YamlMap> layers;
    private final YamlMap vault;
    private final References references;
    private final String absentPlace;

    Variables(YamlMap publicFile, YamlMap generated, YamlMap vault, Inventory inventory) {
        this.layers = List.of(vault, generated, publicFile);
        this.vault = vault;
        this.absentPlace = publicFile.place();
        this.references = new References(this, inventory);
    }

    YamlMap vault() {
        return vault;
    }

    /** The value that Ansible would take for a top-level name; present-but-null counts as found. */
    Optional<YamlValue> find(String name) {
        return layers.stream().flatMap(layer -> layer.get(name).stream()).findFirst();
    }

    /** Where the name is set; public.yml if nowhere. */
    String placeOf(String name) {
        return find(name).map(YamlValue::place).orElse(absentPlace);
    }

    /** The mapping of that name; empty if absent. */
    YamlMap map(String name, Problems problems) {
        Optional<YamlValue> value = find(name).filter(found -> !found.isNull());
        if (value.isPresent() && value.get() instanceof YamlMap map) {
            return map;
        }
        value.ifPresent(found -> problems.add(found.place(), "'" + name + "' must be a mapping"));
        return YamlMap.empty(placeOf(name));
    }

    Optional<String> text(String name, Problems problems) {
        return find(name).flatMap(value -> text(name, value, problems));
    }

    Optional<Boolean> flag(String name, Problems problems) {
        return find(name).flatMap(value -> flag(name, value, problems));
    }

    Optional<Integer> number(String name, int least, int most, Problems problems) {
        return find(name).flatMap(value -> number(name, value, least, most, problems));
    }

    /** A non-empty string, or a number as its text; empty if null. */
    Optional<String> text(String name, YamlValue value, Problems problems) {
        @Nullable Object resolved = resolve(name, value, problems);
        if (resolved == null) {
            return Optional.empty();
        }
        if (resolved instanceof String || resolved instanceof Number) {
            String text = resolved.toString();
            if (text.isBlank()) {
                problems.add(value.place(), "'" + name + "' is empty; give it a value or remove the key");
                return Optional.empty();
            }
            return Optional.of(text);
        }
        problems.add(value.place(), "'" + name + "' must be text");
        return Optional.empty();
    }

    /** A YAML boolean; the strings "True," and "yes" are not. */
    Optional<Boolean> flag(String name, YamlValue value, Problems problems) {
        @Nullable Object resolved = resolve(name, value, problems);
        if (resolved instanceof Boolean flag) {
            return Optional.of(flag);
        }
        if (resolved != null) {
            problems.add(value.place(), "'" + name + "' must be a plain yes or no, without quotes or comma");
        }
        return Optional.empty();
    }

    /** A whole number, or a string of digits, within bounds. */
    Optional<Integer> number(String name, YamlValue value, int least, int most, Problems problems) {
        @Nullable Object resolved = resolve(name, value, problems);
        if (resolved == null) {
            return Optional.empty();
        }
        String text = resolved.toString();
        boolean digits = (resolved instanceof Integer || resolved instanceof String) && text.matches("\\d{1,9}");
        if (digits && Integer.parseInt(text) >= least && Integer.parseInt(text) <= most) {
            return Optional.of(Integer.valueOf(text));
        }
        problems.add(value.place(), "'" + name + "' must be a whole number from " + least + " to " + most);
        return Optional.empty();
    }

    /** Plain maps, lists and scalars with references looked up; null where that failed, which is then a problem. */
    @Nullable
    Object resolve(String name, YamlValue value, Problems problems) {
        if (value instanceof YamlMap map) {
            Map<String, @Nullable Object> plain = new LinkedHashMap<>();
            map.keys()
                    .forEach(key -> plain.put(
                            key, resolve(name + "." + key, map.get(key).orElseThrow(), problems)));
            return plain;
        }
        if (value instanceof YamlValue.Sequence list) {
            List<@Nullable Object> plain = new ArrayList<>();
            list.items().forEach(item -> plain.add(resolve(name, item, problems)));
            return plain;
        }
        YamlValue.Scalar scalar = (YamlValue.Scalar) value;
        if (scalar.value() instanceof String text && !scalar.literal()) {
            return references.resolve(name, text, scalar.place(), problems);
        }
        return scalar.value();
    }

    /** The same for a value of an inventory, whose line is not known. */
    @Nullable
    Object resolveHostVariable(String host, String name, @Nullable Object value, Problems problems) {
        return value instanceof String text
                ? references.resolve(name, text, "inventory, host " + host, problems)
                : value;
    }
}
