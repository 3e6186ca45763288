package org.cchq.migrate.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Ansible's filters of sets, on lists and in their order. Between two texts or tuples Python's order is arbitrary: refused. */
final class SetFilters {
    static final Map<String, Filters.Filter> ALL = Map.of(
            "unique", SetFilters::unique,
            "union",
                    (value, given) -> {
                        List<@Nullable Object> both = first(value, given);
                        both.addAll(second(given));
                        return distinct(both);
                    },
            "intersect", (value, given) -> distinct(common(first(value, given), second(given), true)),
            "difference", (value, given) -> distinct(common(first(value, given), second(given), false)),
            "symmetric_difference", SetFilters::symmetric);

    private SetFilters() {}

    /** Jinja2's, which takes texts that differ in case only for the same unless told otherwise. */
    private static Object unique(@Nullable Object value, Given raw) throws JinjaException {
        Given given = raw.with("case_sensitive", "attribute");
        List<@Nullable Object> items = Values.items(value);
        boolean caseSensitive = given.flag("case_sensitive", false);
        Object attribute = Values.used(given.get("attribute", null));
        List<@Nullable Object> keys = new ArrayList<>();
        for (Object item : items) {
            Object key = Values.used(Sorting.attribute(item, attribute));
            if (!Values.isHashable(key)) {
                if (given.has("case_sensitive") || attribute != null) {
                    throw new JinjaException("'unique' with arguments needs items that are no lists or mappings");
                }
                return distinct(items);
            }
            keys.add(caseSensitive ? key : Sorting.caseless(key));
        }
        List<@Nullable Object> seen = new ArrayList<>();
        List<@Nullable Object> distinct = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            if (!Values.in(seen, keys.get(i))) {
                seen.add(keys.get(i));
                distinct.add(items.get(i));
            }
        }
        return distinct;
    }

    private static Object symmetric(@Nullable Object value, Given given) throws JinjaException {
        List<@Nullable Object> one = first(value, given);
        List<@Nullable Object> two = second(given);
        List<@Nullable Object> both = new ArrayList<>(one);
        both.addAll(two);
        return common(distinct(both), common(one, two, true), false);
    }

    private static List<@Nullable Object> first(@Nullable Object value, Given given) throws JinjaException {
        given.most(1);
        return list(value);
    }

    private static List<@Nullable Object> second(Given given) throws JinjaException {
        return list(Values.used(given.at(0)));
    }

    private static List<@Nullable Object> list(@Nullable Object value) throws JinjaException {
        if (value instanceof List<?> && !(value instanceof Tuple) && !(value instanceof View)) {
            return Values.items(value);
        }
        throw new JinjaException("filters of sets are evaluated here between lists, not with a " + Values.kind(value));
    }

    private static List<@Nullable Object> common(
            List<@Nullable Object> items, List<@Nullable Object> others, boolean wanted) throws JinjaException {
        List<@Nullable Object> chosen = new ArrayList<>();
        for (Object item : items) {
            if (Values.in(others, item) == wanted) {
                chosen.add(item);
            }
        }
        return chosen;
    }

    private static List<@Nullable Object> distinct(List<@Nullable Object> items) throws JinjaException {
        List<@Nullable Object> distinct = new ArrayList<>();
        for (Object item : items) {
            if (!Values.in(distinct, item)) {
                distinct.add(item);
            }
        }
        return distinct;
    }
}
