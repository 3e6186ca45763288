package org.cchq.migrate.kind.doctypes;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was found out about one function: its text, and what it did with samples, which counts for more.
 *
 * @param rows empty where it was not run: only views are
 * @param surprise where the samples contradict the text; "" where not
 */
record FunctionFinding(
        DesignFunction function, TextReading text, Optional<SeenRows> rows, Concern concern, String surprise) {

    /** @param samples documents of the types, in the scratch database */
    static FunctionFinding of(DesignFunction function, TextReading text, Optional<SeenRows> rows, int samples) {
        if (rows.isEmpty() || !rows.get().ran() || samples == 0) {
            return new FunctionFinding(function, text, rows, text.concern(), "");
        }
        long ours = rows.get().ours();
        if (ours > 0) {
            String surprise = text.concern() == Concern.NONE ? "its text denies it, but it acts on samples" : "";
            return new FunctionFinding(function, text, rows, Concern.ACTS, surprise);
        }
        String nothing = "no row of " + samples + (samples == 1 ? " sample" : " samples");
        return switch (text.concern()) {
            case NAMES ->
                new FunctionFinding(function, text, rows, Concern.POSSIBLE, nothing + ", though it names them");
            case POSSIBLE ->
                new FunctionFinding(function, text, rows, Concern.NONE, nothing + ", though its text allows it");
            default -> new FunctionFinding(function, text, rows, Concern.NONE, "");
        };
    }

    boolean concerned() {
        return concern != Concern.NONE;
    }

    /** Others than the documents that move are served, too. */
    boolean others() {
        return text.others() || rows.map(SeenRows::others).orElse(0L) > 0;
    }

    Need need() {
        return Need.of(concerned(), others());
    }

    Map<String, @Nullable Object> toFields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("kind", function.kind().word());
        fields.put("name", function.name());
        fields.put("text", text.concern().word());
        fields.put("why", text.why());
        fields.put("types", text.types());
        fields.put("rows", rows.filter(SeenRows::ran).map(SeenRows::ours).orElse(null));
        fields.put(
                "rows_of_others",
                rows.filter(SeenRows::ran).map(SeenRows::others).orElse(null));
        fields.put("error", rows.map(SeenRows::error).orElse(""));
        fields.put("verdict", concern.word());
        fields.put("surprise", surprise);
        fields.put("needed_in", text.follows() ? null : need().word());
        return fields;
    }
}
