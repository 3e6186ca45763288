package org.cchq.migrate.jinja;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Python can only walk through: {@code range(3)}, {@code d.items()}. It becomes a list where it is written out, and has
 * no items to index.
 */
final class View extends AbstractList<@Nullable Object> {
    private final String shown;
    private final List<@Nullable Object> items;

    /** @param shown its text in the middle of an expression; with a {@code *} for the items as a list */
    View(String shown, List<? extends @Nullable Object> items) {
        this.shown = shown;
        this.items = Collections.unmodifiableList(new ArrayList<>(items));
    }

    String shown(String list) {
        return shown.replace("*", list);
    }

    boolean isRange() {
        return shown.startsWith("range");
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
