package org.cchq.migrate.jinja;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A Python tuple: shown in round brackets, and never equal to a list. */
final class Tuple extends AbstractList<@Nullable Object> {
    private final List<@Nullable Object> items;

    Tuple(List<? extends @Nullable Object> items) {
        this.items = Collections.unmodifiableList(new ArrayList<>(items));
    }

    static Tuple of(@Nullable Object first, @Nullable Object second) {
        List<@Nullable Object> items = new ArrayList<>();
        items.add(first);
        items.add(second);
        return new Tuple(items);
    }

    @Override
    public @Nullable Object get(int index) {
        return items.get(index);
    }

    @Override
    public int size() {
        return items.size();
    }
}
