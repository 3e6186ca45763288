package org.cchq.migrate.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Functions that every template has. */
final class Globals {
    private static final int LONGEST = 100_000;

    private Globals() {}

    static Object range(List<@Nullable Object> arguments, Map<String, @Nullable Object> named) throws JinjaException {
        Given given = new Given("range", arguments, named);
        given.most(3);
        List<Integer> bounds = new ArrayList<>();
        for (Object argument : arguments) {
            bounds.add(Values.index(Values.used(argument), "an argument of range"));
        }
        given.at(0);
        int start = bounds.size() == 1 ? 0 : bounds.get(0);
        int stop = bounds.get(bounds.size() == 1 ? 0 : 1);
        int step = bounds.size() == 3 ? bounds.get(2) : 1;
        if (step == 0) {
            throw new JinjaException("range has a step of zero");
        }
        List<@Nullable Object> items = new ArrayList<>();
        for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
            if (items.size() >= LONGEST) {
                throw new JinjaException("range is longer than " + LONGEST);
            }
            items.add((int) i);
        }
        String shown = step == 1 ? start + ", " + stop : start + ", " + stop + ", " + step;
        return new View("range(" + shown + ")", items);
    }

    static Object dict(List<@Nullable Object> arguments, Map<String, @Nullable Object> named) throws JinjaException {
        new Given("dict", arguments, Map.of()).most(1);
        Map<Object, @Nullable Object> map = new LinkedHashMap<>();
        if (!arguments.isEmpty()) {
            Object from = Values.used(arguments.get(0));
            if (from instanceof Map<?, ?> other) {
                map.putAll(other);
            } else {
                for (Object pair : Values.items(from)) {
                    List<@Nullable Object> parts = Values.items(pair);
                    Object key = parts.size() == 2 ? Values.used(parts.get(0)) : null;
                    if (key == null || !Values.isHashable(key)) {
                        throw new JinjaException("dict needs pairs of a key and a value");
                    }
                    map.put(Values.key(map, key).orElse(key), parts.get(1));
                }
            }
        }
        map.putAll(named);
        return map;
    }
}
