package org.cchq.migrate.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Filters over lists: one item of them, their order, their items. */
final class ListFilters {
    static final Map<String, Filters.Filter> ALL = Map.ofEntries(
            Map.entry("list", (value, given) -> items(value, given)),
            Map.entry("length", (value, given) -> items(value, given).size()),
            Map.entry("count", (value, given) -> items(value, given).size()),
            Map.entry("first", (value, given) -> end(value, given, false)),
            Map.entry("last", (value, given) -> end(value, given, true)),
            Map.entry("join", ListFilters::join),
            Map.entry("reverse", ListFilters::reverse),
            Map.entry("sort", ListFilters::sort),
            Map.entry("min", (value, given) -> extreme(value, given, false)),
            Map.entry("max", (value, given) -> extreme(value, given, true)),
            Map.entry("sum", ListFilters::sum),
            Map.entry("batch", ListFilters::batch),
            Map.entry("map", ListFilters::map),
            Map.entry("select", (value, given) -> select(value, given, false, true)),
            Map.entry("reject", (value, given) -> select(value, given, false, false)),
            Map.entry("selectattr", (value, given) -> select(value, given, true, true)),
            Map.entry("rejectattr", (value, given) -> select(value, given, true, false)),
            Map.entry("flatten", ListFilters::flatten),
            Map.entry("zip", ListFilters::zip));

    private ListFilters() {}

    private static List<@Nullable Object> items(@Nullable Object value, Given given) throws JinjaException {
        given.most(0);
        return Values.items(value);
    }

    private static @Nullable Object end(@Nullable Object value, Given given, boolean last) throws JinjaException {
        given.most(0);
        if (value instanceof Explained explained) {
            Optional<String> refusal = explained.refusal(0);
            if (refusal.isPresent()) {
                throw new ArbitraryOrderException("", refusal.get());
            }
        }
        List<@Nullable Object> items = Values.items(value);
        if (items.isEmpty()) {
            return new Undefined("the list has no " + (last ? "last" : "first") + " item: it is empty");
        }
        return items.get(last ? items.size() - 1 : 0);
    }

    private static Object join(@Nullable Object value, Given raw) throws JinjaException {
        Given given = raw.with("d", "attribute");
        String separator = PythonText.str(given.get("d", ""));
        StringBuilder text = new StringBuilder();
        boolean first = true;
        for (Object item : Values.items(value)) {
            text.append(first ? "" : separator)
                    .append(PythonText.str(Sorting.attribute(item, given.get("attribute", null))));
            first = false;
        }
        return text.toString();
    }

    private static Object reverse(@Nullable Object value, Given given) throws JinjaException {
        List<@Nullable Object> items = items(value, given);
        if (value instanceof String text) {
            return new StringBuilder(text).reverse().toString();
        }
        Collections.reverse(items);
        return items;
    }

    private static Object sort(@Nullable Object value, Given raw) throws JinjaException {
        Given given = raw.with("reverse", "case_sensitive", "attribute");
        List<@Nullable Object> items = Values.items(value);
        List<@Nullable Object> keys = keys(items, given.get("attribute", null), given.flag("case_sensitive", false));
        Sorting.sortBy(items, keys, given.flag("reverse", false));
        return items;
    }

    private static List<@Nullable Object> keys(
            List<@Nullable Object> items, @Nullable Object attribute, boolean caseSensitive) throws JinjaException {
        List<@Nullable Object> keys = new ArrayList<>();
        for (Object item : items) {
            Object key = Sorting.attribute(item, attribute);
            keys.add(caseSensitive ? Values.used(key) : Sorting.caseless(key));
        }
        return keys;
    }

    private static @Nullable Object extreme(@Nullable Object value, Given raw, boolean largest) throws JinjaException {
        Given given = raw.with("case_sensitive", "attribute");
        List<@Nullable Object> items = Values.items(value);
        if (items.isEmpty()) {
            return new Undefined("an empty list has no smallest or largest item");
        }
        List<@Nullable Object> keys = keys(items, given.get("attribute", null), given.flag("case_sensitive", false));
        int best = 0;
        for (int i = 1; i < items.size(); i++) {
            int order = Values.compare(keys.get(i), keys.get(best));
            if (largest ? order > 0 : order < 0) {
                best = i;
            }
        }
        return items.get(best);
    }

    private static @Nullable Object sum(@Nullable Object value, Given raw) throws JinjaException {
        Given given = raw.with("attribute", "start");
        Object sum = given.get("start", 0);
        if (sum instanceof String) {
            throw new JinjaException("'sum' adds no text; use 'join'");
        }
        for (Object item : Values.items(value)) {
            sum = Arithmetic.apply("+", sum, Sorting.attribute(item, given.get("attribute", null)));
        }
        return sum;
    }

    private static Object batch(@Nullable Object value, Given raw) throws JinjaException {
        Given given = raw.with("linecount", "fill_with");
        int size = given.number("linecount", 0);
        if (size < 1) {
            throw new JinjaException("'batch' needs how many items a batch has");
        }
        List<@Nullable Object> batches = new ArrayList<>();
        List<@Nullable Object> items = Values.items(value);
        for (int i = 0; i < items.size(); i += size) {
            List<@Nullable Object> batch = new ArrayList<>(items.subList(i, Math.min(items.size(), i + size)));
            Object fill = given.get("fill_with", null);
            while (fill != null && batch.size() < size) {
                batch.add(fill);
            }
            batches.add(batch);
        }
        return batches;
    }

    private static Object map(@Nullable Object value, Given given) throws JinjaException {
        List<@Nullable Object> mapped = new ArrayList<>();
        if (given.positional().isEmpty()) {
            Given options = given.with("attribute", "default");
            Object attribute = options.get("attribute");
            for (Object item : Values.items(value)) {
                Object found = Sorting.attribute(item, attribute);
                boolean replaced = found instanceof Undefined && options.has("default");
                mapped.add(replaced ? options.get("default") : found);
            }
            return mapped;
        }
        String name = Values.text(given.at(0), "the filter's name");
        List<@Nullable Object> rest =
                given.positional().subList(1, given.positional().size());
        for (Object item : Values.items(value)) {
            mapped.add(Filters.apply(name, item, rest, given.named()));
        }
        return mapped;
    }

    private static Object select(@Nullable Object value, Given given, boolean byAttribute, boolean wanted)
            throws JinjaException {
        List<@Nullable Object> arguments = new ArrayList<>(given.positional());
        Object attribute = byAttribute ? given.at(0) : null;
        if (byAttribute) {
            arguments.remove(0);
        }
        List<@Nullable Object> selected = new ArrayList<>();
        for (Object item : Values.items(value)) {
            Object tested = byAttribute ? Sorting.attribute(item, attribute) : item;
            boolean holds;
            if (arguments.isEmpty()) {
                holds = Values.isTrue(tested);
            } else {
                String name = Values.text(arguments.get(0), "the test's name");
                holds = Tests.apply(name, tested, arguments.subList(1, arguments.size()), given.named());
            }
            if (holds == wanted) {
                selected.add(item);
            }
        }
        return selected;
    }

    private static Object flatten(@Nullable Object value, Given raw) throws JinjaException {
        Given given = raw.with("levels", "skip_nulls");
        boolean all = Values.used(given.get("levels", null)) == null;
        return flat(
                Values.items(value),
                all ? Integer.MAX_VALUE : given.number("levels", 0),
                given.flag("skip_nulls", true));
    }

    static List<@Nullable Object> flat(List<@Nullable Object> items, int levels, boolean skipNulls)
            throws JinjaException {
        List<@Nullable Object> flat = new ArrayList<>();
        for (Object raw : items) {
            Object item = Values.used(raw);
            if (skipNulls && (item == null || item.equals("None") || item.equals("null"))) {
                continue;
            }
            if (item instanceof List<?> list && !(item instanceof View) && levels >= 1) {
                flat.addAll(flat(new ArrayList<>(list), levels - 1, skipNulls));
            } else {
                flat.add(item);
            }
        }
        return flat;
    }

    private static Object zip(@Nullable Object value, Given given) throws JinjaException {
        given.most(20);
        List<List<@Nullable Object>> lists = new ArrayList<>(List.of(Values.items(value)));
        for (Object argument : given.positional()) {
            lists.add(Values.items(argument));
        }
        int shortest = lists.stream().mapToInt(List::size).min().orElse(0);
        List<@Nullable Object> zipped = new ArrayList<>();
        for (int i = 0; i < shortest; i++) {
            List<@Nullable Object> row = new ArrayList<>();
            for (List<@Nullable Object> list : lists) {
                row.add(list.get(i));
            }
            zipped.add(new Tuple(row));
        }
        return zipped;
    }
}
