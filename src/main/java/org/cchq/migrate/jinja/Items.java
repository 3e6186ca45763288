package org.cchq.migrate.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.NearestName;
import org.jspecify.annotations.Nullable;

/** Attributes, items and slices, in the order in which Jinja2 looks for them. */
final class Items {
    private static final Set<String> OF_MAPPINGS = Set.of(
            "clear", "copy", "fromkeys", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values");
    private static final Set<String> OF_LISTS =
            Set.of("append", "clear", "copy", "count", "extend", "index", "insert", "pop", "remove", "reverse", "sort");
    private static final Set<String> OF_NUMBERS = Set.of(
            "as_integer_ratio",
            "bit_count",
            "bit_length",
            "conjugate",
            "denominator",
            "from_bytes",
            "fromhex",
            "hex",
            "imag",
            "is_integer",
            "numerator",
            "real",
            "to_bytes");

    private Items() {}

    static @Nullable Object attribute(@Nullable Object raw, String name, String path) throws JinjaException {
        if (raw instanceof Undefined) {
            return raw;
        }
        if (raw instanceof Deferred deferred) {
            return OF_MAPPINGS.contains(name) ? mapMethod(deferred.whole(), name) : deferred(deferred, name, path);
        }
        Object value = Values.used(raw);
        Optional<Object> own = own(value, name);
        return own.isPresent()
                ? own.get()
                : subscript(value, name, path)
                        .orElseGet(() -> absent(value, name, path))
                        .value();
    }

    static @Nullable Object item(@Nullable Object raw, @Nullable Object rawKey, String path) throws JinjaException {
        if (raw instanceof Undefined) {
            return raw;
        }
        Object key = Values.used(rawKey);
        if (raw instanceof Deferred deferred) {
            return deferred(deferred, key, path);
        }
        Object value = Values.used(raw);
        if (key instanceof Tuple) {
            throw new JinjaException("an item is asked for with several keys");
        }
        Optional<Found> found = subscript(value, key, path);
        if (found.isPresent()) {
            return found.get().value();
        }
        Optional<Object> own = key instanceof String name ? own(value, name) : Optional.empty();
        return own.isPresent() ? own.get() : absent(value, key, path).value();
    }

    private static @Nullable Object deferred(Deferred map, @Nullable Object key, String path) throws JinjaException {
        Optional<Object> same = map.key(key);
        if (same.isPresent()) {
            return map.item(same.get());
        }
        return key instanceof String name && OF_MAPPINGS.contains(name)
                ? mapMethod(map.whole(), name)
                : absent(map.raw(), key, path).value();
    }

    /** What Python's own types have of that name. */
    private static Optional<Object> own(@Nullable Object value, String name) throws JinjaException {
        if (name.startsWith("__")) {
            throw new JinjaException("'" + name + "' is Python's own and not evaluated here");
        }
        if (value instanceof Namespace namespace) {
            return namespace.find(name);
        }
        if (value instanceof String text) {
            return TextMethods.find(text, name);
        }
        if (value instanceof Map<?, ?> map && OF_MAPPINGS.contains(name)) {
            return Optional.of(mapMethod(map, name));
        }
        if (value instanceof List<?> list && OF_LISTS.contains(name) && !(value instanceof View)) {
            boolean tuple = value instanceof Tuple && !name.equals("count") && !name.equals("index");
            return tuple ? Optional.empty() : Optional.of(listMethod(list, name));
        }
        if (Values.isNumber(value) && OF_NUMBERS.contains(name)) {
            throw new JinjaException("'." + name + "' of a number is not evaluated here");
        }
        return Optional.empty();
    }

    private static Callable mapMethod(Map<?, ?> map, String name) {
        return (arguments, named) -> {
            Given given = new Given(name, arguments, named);
            return switch (name) {
                case "items" -> {
                    given.most(0);
                    List<@Nullable Object> pairs = new ArrayList<>();
                    map.forEach((key, value) -> pairs.add(Tuple.of(key, value)));
                    yield new View("dict_items(*)", pairs);
                }
                case "keys" -> {
                    given.most(0);
                    yield new View("dict_keys(*)", new ArrayList<>(map.keySet()));
                }
                case "values" -> {
                    given.most(0);
                    yield new View("dict_values(*)", new ArrayList<>(map.values()));
                }
                case "copy" -> {
                    given.most(0);
                    yield new LinkedHashMap<>(map);
                }
                case "get" -> {
                    given.most(2);
                    Optional<Object> key = Values.key(map, Values.used(given.at(0)));
                    yield key.isPresent() ? map.get(key.get()) : given.at(1, null);
                }
                default -> throw changes(name);
            };
        };
    }

    private static Callable listMethod(List<?> list, String name) {
        return (arguments, named) -> {
            Given given = new Given(name, arguments, named);
            Object wanted = arguments.isEmpty() ? null : arguments.get(0);
            switch (name) {
                case "copy" -> {
                    given.most(0);
                    return new ArrayList<>(list);
                }
                case "count" -> {
                    given.most(1);
                    int count = 0;
                    for (Object item : list) {
                        count += Values.equal(item, wanted) ? 1 : 0;
                    }
                    return count;
                }
                case "index" -> {
                    given.most(1);
                    for (int i = 0; i < list.size(); i++) {
                        if (Values.equal(list.get(i), wanted)) {
                            return i;
                        }
                    }
                    throw new JinjaException("the list has no such item");
                }
                default -> throw changes(name);
            }
        };
    }

    private static JinjaException changes(String name) {
        return new JinjaException("'." + name + "' would change the value and is not done here");
    }

    private static Optional<Found> subscript(@Nullable Object value, @Nullable Object key, String path)
            throws JinjaException {
        if (value instanceof Explained explained && key != null) {
            Optional<String> refusal = explained.refusal(key);
            if (refusal.isPresent()) {
                throw new ArbitraryOrderException("", "{{ " + path + " }}: " + refusal.get());
            }
        }
        if (value instanceof Map<?, ?> map) {
            Optional<Object> same = Values.isHashable(key) ? Values.key(map, key) : Optional.empty();
            return same.map(found -> new Found(map.get(found)));
        }
        if (value instanceof LazyMap map) {
            return key instanceof String name && map.keys().contains(name)
                    ? Optional.of(new Found(map.get(name)))
                    : Optional.empty();
        }
        boolean indexed = value instanceof String
                || (value instanceof List<?> && !(value instanceof View view && !view.isRange()));
        if (indexed && Values.isWhole(key)) {
            List<@Nullable Object> items = Values.items(value);
            int index = Values.index(key, "an index");
            int at = index < 0 ? index + items.size() : index;
            return at >= 0 && at < items.size() ? Optional.of(new Found(items.get(at))) : Optional.empty();
        }
        return Optional.empty();
    }

    private static Found absent(@Nullable Object value, @Nullable Object key, String path) {
        String shown = path.isEmpty() || path.startsWith(".") ? "an item" : "{{ " + path + " }}";
        Optional<String> why = Optional.empty();
        if (value instanceof Explained explained && key != null) {
            why = explained.absence(key);
        } else if (value instanceof LazyMap map && key instanceof String name) {
            why = Optional.of(map.absence(name));
        }
        String hint = "";
        if (value instanceof Map<?, ?> map && key instanceof String name) {
            hint = NearestName.hint(
                    name, map.keySet().stream().map(String::valueOf).toList());
        }
        String where = hint;
        String message = why.map(reason -> shown + ": " + reason)
                .orElse("refers to " + shown + ", which is set nowhere" + where);
        return new Found(new Undefined("", message, path, false));
    }

    static @Nullable Object slice(
            @Nullable Object raw, @Nullable Object start, @Nullable Object stop, @Nullable Object step)
            throws JinjaException {
        if (raw instanceof Undefined) {
            return raw;
        }
        Object value = Values.used(raw);
        if (!(value instanceof String) && (!(value instanceof List<?>) || value instanceof View)) {
            throw new JinjaException("a " + Values.kind(value) + " has no slices");
        }
        if (value instanceof Explained explained) {
            Optional<String> refusal = explained.refusal(0);
            if (refusal.isPresent()) {
                throw new ArbitraryOrderException("", refusal.get());
            }
        }
        List<@Nullable Object> items = Values.items(value);
        int by = bound(step, 1);
        if (by == 0) {
            throw new JinjaException("a slice has a step of zero");
        }
        int size = items.size();
        int from = clamp(bound(start, by > 0 ? 0 : size), size, by, start == null);
        int to = stop == null ? (by > 0 ? size : -1) : clamp(bound(stop, 0), size, by, false);
        List<@Nullable Object> part = new ArrayList<>();
        for (int i = from; by > 0 ? i < to : i > to; i += by) {
            part.add(items.get(i));
        }
        if (value instanceof String) {
            StringBuilder text = new StringBuilder();
            part.forEach(text::append);
            return text.toString();
        }
        return value instanceof Tuple ? new Tuple(part) : part;
    }

    private static int bound(@Nullable Object raw, int absent) throws JinjaException {
        Object value = Values.used(raw);
        return value == null ? absent : Values.index(value, "the bound of a slice");
    }

    private static int clamp(int index, int size, int step, boolean absent) {
        if (absent) {
            return step > 0 ? 0 : size - 1;
        }
        int at = index < 0 ? index + size : index;
        return step > 0 ? Math.max(0, Math.min(at, size)) : Math.max(-1, Math.min(at, size - 1));
    }

    /** An item that is there, or what stands for its absence; None is there. */
    private record Found(@Nullable Object value) {}
}
