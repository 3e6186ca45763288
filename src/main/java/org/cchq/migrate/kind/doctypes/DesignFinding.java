package org.cchq.migrate.kind.doctypes;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A design document and what was found out about its functions. It is in one database or in both, as a whole. */
record DesignFinding(String design, List<FunctionFinding> functions) {
    DesignFinding {
        functions = List.copyOf(functions);
    }

    Need need() {
        Optional<Need> ofActing = functions.stream()
                .filter(function -> !function.text().follows())
                .map(FunctionFinding::need)
                .reduce(Need::and);
        boolean named = functions.stream().anyMatch(FunctionFinding::concerned);
        return ofActing.orElse(named ? Need.BOTH : Need.SOURCE);
    }

    boolean concerned() {
        return functions.stream().anyMatch(FunctionFinding::concerned);
    }

    /** What to do with it, in a few words. */
    String advice() {
        List<String> mixed = functions.stream()
                .filter(function -> !function.text().follows() && function.need() == Need.BOTH)
                .map(function -> function.function().place())
                .toList();
        return switch (need()) {
            case SOURCE -> "stays";
            case TARGET -> "moves with the documents";
            case BOTH ->
                mixed.isEmpty()
                        ? "in both, or split it"
                        : "in both; who asks for all types needs both: " + String.join(", ", mixed);
        };
    }

    Map<String, @Nullable Object> toFields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("design", design);
        fields.put("needed_in", need().word());
        fields.put("advice", advice());
        fields.put(
                "functions", functions.stream().map(FunctionFinding::toFields).toList());
        return fields;
    }
}
