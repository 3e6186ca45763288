package org.cchq.migrate.kind.doctypes;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of a design document in the target.
 *
 * @param views that it has an index for
 * @param built all its views answer at once
 */
public record PreindexedDesign(String design, State state, int views, boolean built, List<RowComparison> comparisons) {
    /** How the target's design document stands to the source's. */
    public enum State {
        /** It was there already, the same. */
        THERE("there already"),
        /** It was put there, built before. */
        PUT("put there"),
        /** Another one of this name is there, and was left alone. */
        OTHER("another one is there, left alone"),
        ABSENT("not there");

        private final String words;

        State(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    public PreindexedDesign {
        comparisons = List.copyOf(comparisons);
    }

    /** There, built, and with as many rows as the source has of the documents that move. */
    public boolean ready() {
        return (state == State.THERE || state == State.PUT)
                && built
                && comparisons.stream().allMatch(RowComparison::agrees);
    }

    Map<String, @Nullable Object> toFields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("design", design);
        fields.put("state", state.name().toLowerCase(java.util.Locale.ROOT));
        fields.put("views", views);
        fields.put("built", built);
        fields.put("ready", ready());
        fields.put(
                "comparisons", comparisons.stream().map(RowComparison::toFields).toList());
        return fields;
    }
}
