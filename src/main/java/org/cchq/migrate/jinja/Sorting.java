package org.cchq.migrate.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Python's stable sort, with its errors. */
final class Sorting {
    private Sorting() {}

    /** Sorts in place. */
    static <T extends @Nullable Object> void sort(List<T> items, boolean reverse) throws JinjaException {
        List<@Nullable Object> keys = new ArrayList<>(items);
        sortBy(items, keys, reverse);
    }

    /** Sorts in place by keys that stand at the same index; equal ones keep their order, reversed or not. */
    static <T extends @Nullable Object> void sortBy(List<T> items, List<@Nullable Object> keys, boolean reverse)
            throws JinjaException {
        for (int i = 1; i < items.size(); i++) {
            T item = items.get(i);
            Object key = keys.get(i);
            int at = i;
            while (at > 0 && comesBefore(key, keys.get(at - 1), reverse)) {
                items.set(at, items.get(at - 1));
                keys.set(at, keys.get(at - 1));
                at--;
            }
            items.set(at, item);
            keys.set(at, key);
        }
    }

    private static boolean comesBefore(@Nullable Object one, @Nullable Object other, boolean reverse)
            throws JinjaException {
        int order = Values.compare(one, other);
        return reverse ? order > 0 : order < 0;
    }

    /** Text in lower case; anything else as it is. */
    static @Nullable Object caseless(@Nullable Object raw) throws JinjaException {
        Object value = Values.used(raw);
        return value instanceof String text ? text.toLowerCase(Locale.ROOT) : value;
    }

    /** {@code attribute=} of a filter: a dotted path, digits an index; the value itself if there is none. */
    static @Nullable Object attribute(@Nullable Object item, @Nullable Object attribute) throws JinjaException {
        Object path = Values.used(attribute);
        if (path == null) {
            return item;
        }
        if (Values.isWhole(path)) {
            return Items.item(item, path, "");
        }
        Object value = item;
        String text = Values.text(path, "'attribute'");
        if (text.contains(",")) {
            throw new JinjaException("several attributes at once are not evaluated here");
        }
        for (String part : text.split("\\.", -1)) {
            value = Items.item(value, part.matches("\\d{1,9}") ? (Object) Integer.valueOf(part) : part, part);
        }
        return value;
    }
}
