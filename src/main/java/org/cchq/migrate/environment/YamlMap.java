package org.cchq.migrate.environment;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.base.Problems;

/** A mapping of a YAML file, each value with its place. Immutable; never shows its content. */
final class YamlMap implements YamlValue {
    private final String place;
    private final Map<String, YamlValue> entries;
    private final Map<String, Object> typedKeys;

    YamlMap(String place, Map<String, YamlValue> entries) {
        this(place, entries, Map.of());
    }

    /** @param typedKeys the keys that are no texts in YAML, by what is written: a number, a boolean */
    YamlMap(String place, Map<String, YamlValue> entries, Map<String, Object> typedKeys) {
        this.place = place;
        this.entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        this.typedKeys = Map.copyOf(typedKeys);
    }

    static YamlMap empty(String place) {
        return new YamlMap(place, Map.of());
    }

    @Override
    public String place() {
        return place;
    }

    /** The same mapping, said to stand elsewhere. */
    YamlMap at(String otherPlace) {
        return new YamlMap(otherPlace, entries, typedKeys);
    }

    Set<String> keys() {
        return entries.keySet();
    }

    /** The key as YAML means it: 8080 is a number. */
    Object typedKey(String key) {
        return typedKeys.getOrDefault(key, key);
    }

    /** Present, whatever the value: null too. */
    boolean has(String key) {
        return entries.containsKey(key);
    }

    Optional<YamlValue> get(String key) {
        return Optional.ofNullable(entries.get(key));
    }

    /** Where the key's value stands; the mapping's own place if it has no such key. */
    String placeOf(String key) {
        return get(key).map(YamlValue::place).orElse(place);
    }

    /** The mapping under the key, empty if absent or null; anything else is a problem. */
    YamlMap map(String key, Problems problems) {
        YamlValue value = entries.get(key);
        if (value instanceof YamlMap map) {
            return map;
        }
        if (value != null && !value.isNull()) {
            problems.add(value.place(), "'" + key + "' must be a mapping");
        }
        return empty(placeOf(key));
    }

    /** Reports each key that is not in the list, with the nearest known one. */
    void refuseUnknownKeys(Collection<String> known, String what, Problems problems) {
        for (String key : keys()) {
            if (!known.contains(key)) {
                problems.add(placeOf(key), "unknown key '" + key + "' in " + what + NearestName.hint(key, known));
            }
        }
    }

    @Override
    public String toString() {
        return "mapping at " + place;
    }
}
