package org.cchq.migrate.hq;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.base.Problems;
import org.jspecify.annotations.Nullable;

/**
 * One object of the settings while it is read: takes values out by their type, and notes what has the wrong shape under
 * the value's own path. A message says what was found by its type only, never by its value: it may be a secret.
 */
public final class SettingsObject {
    private final Map<?, ?> values;
    private final String path;
    private final Problems problems;

    /** @param path of this object, "" for the whole file */
    public SettingsObject(Map<?, ?> values, String path, Problems problems) {
        this.values = values;
        this.path = path;
        this.problems = problems;
    }

    public String path(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    public String path() {
        return path;
    }

    public List<String> keys() {
        return values.keySet().stream().map(String::valueOf).toList();
    }

    public boolean has(String key) {
        return values.containsKey(key);
    }

    public void problem(String key, String what) {
        problems.add(path(key), what);
    }

    /** Notes every key that is not known, with the one that may have been meant. */
    public void onlyKeys(Set<String> known) {
        for (String key : keys()) {
            if (!known.contains(key)) {
                problem(key, unknown(key, known));
            }
        }
    }

    public static String unknown(String key, Collection<String> known) {
        return "unknown key"
                + NearestName.of(key, known)
                        .map(word -> "; did you mean '" + word + "'?")
                        .orElse("; known are " + known.stream().sorted().toList());
    }

    /** A text; absent and null are empty. */
    public Optional<String> textOrNull(String key) {
        return values.get(key) == null ? Optional.empty() : text(key);
    }

    /** A text; absent is empty, null is a problem. */
    public Optional<String> text(String key) {
        return value(key, String.class, "a text in quotes");
    }

    /** True or false; absent is false. */
    public boolean flag(String key) {
        return value(key, Boolean.class, "true or false, without quotes").orElse(false);
    }

    /** An object in braces; absent is empty, null is a problem. */
    public Optional<SettingsObject> object(String key) {
        return value(key, Map.class, "an object in braces").map(map -> new SettingsObject(map, path(key), problems));
    }

    /** An object in braces; absent and null are empty. */
    public Optional<SettingsObject> objectOrNull(String key) {
        return values.get(key) == null ? Optional.empty() : object(key);
    }

    /** An object in braces; anything else is empty, and a problem only to whoever needs it. */
    public Optional<SettingsObject> objectIfOne(String key) {
        return values.get(key) instanceof Map<?, ?> map
                ? Optional.of(new SettingsObject(map, path(key), problems))
                : Optional.empty();
    }

    /** A list in brackets; absent is empty, null is a problem. */
    public Optional<List<?>> list(String key) {
        return value(key, List.class, "a list in brackets").map(found -> (List<?>) found);
    }

    /** A whole number within bounds; absent is empty. */
    public Optional<Long> wholeNumber(String key, long least, long most) {
        if (!values.containsKey(key)) {
            return Optional.empty();
        }
        Object value = values.get(key);
        if ((value instanceof Integer || value instanceof Long)
                && ((Number) value).longValue() >= least
                && ((Number) value).longValue() <= most) {
            return Optional.of(((Number) value).longValue());
        }
        problem(key, "must be a whole number from " + least + " to " + most + ", found " + typeOf(value));
        return Optional.empty();
    }

    /** A number of seconds above 0, with or without a fraction; absent is empty. */
    public Optional<Double> seconds(String key) {
        Optional<Number> seconds = value(key, Number.class, "a number of seconds");
        if (seconds.isPresent()
                && !(seconds.get().doubleValue() > 0 && seconds.get().doubleValue() <= 86_400)) {
            problem(key, "must be above 0 and at most 86400 seconds");
            return Optional.empty();
        }
        return seconds.map(Number::doubleValue);
    }

    /** A text that must be there and not be empty; "" if it is not, with the problem noted. */
    public String required(String key) {
        Optional<String> value = text(key);
        if (!has(key) || value.filter(String::isEmpty).isPresent()) {
            problem(key, "is missing");
        }
        return value.orElse("");
    }

    /** {@code PORT} as text, whether a number or a text; "" if absent or null. */
    public String portText() {
        Object port = values.get("PORT");
        return port == null ? "" : port.toString().strip();
    }

    private <T> Optional<T> value(String key, Class<T> type, String expected) {
        if (!values.containsKey(key)) {
            return Optional.empty();
        }
        Object value = values.get(key);
        if (type.isInstance(value)) {
            return Optional.of(type.cast(value));
        }
        problem(key, "must be " + expected + ", found " + typeOf(value));
        return Optional.empty();
    }

    public static String typeOf(@Nullable Object value) {
        if (value == null) {
            return "null";
        } else if (value instanceof Map) {
            return "an object";
        } else if (value instanceof List) {
            return "a list";
        } else if (value instanceof String text) {
            return text.isEmpty() ? "an empty text" : "a text";
        } else if (value instanceof Boolean) {
            return "true or false";
        } else if (value instanceof Number) {
            return value instanceof Integer || value instanceof Long ? "the number " + value : "a number";
        }
        return "something else";
    }
}
