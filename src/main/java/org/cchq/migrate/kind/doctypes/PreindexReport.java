package org.cchq.migrate.kind.doctypes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.base.ExitCode;
import org.jspecify.annotations.Nullable;

/** What preindexing left in the target, or found there. */
public record PreindexReport(String slug, String target, List<PreindexedDesign> designs) {
    public PreindexReport {
        designs = List.copyOf(designs);
    }

    /** The target has every design document, built, with as many rows as the source. */
    public boolean ready() {
        return designs.stream().allMatch(PreindexedDesign::ready);
    }

    /** 5 where rows or design documents differ, 4 where some are missing or not built. */
    public ExitCode exitCode() {
        if (ready()) {
            return ExitCode.SUCCESS;
        }
        boolean differ = designs.stream()
                .anyMatch(design -> design.state() == PreindexedDesign.State.OTHER
                        || !design.comparisons().stream().allMatch(RowComparison::agrees));
        return differ ? ExitCode.DIFFERENCES : ExitCode.INCOMPLETE;
    }

    /** In one line. */
    public String summary() {
        long ready = designs.stream().filter(PreindexedDesign::ready).count();
        return ready + " of " + designs.size() + " design documents are there and built, with the source's rows";
    }

    /** For a person. */
    public List<String> toLines() {
        List<String> lines = new ArrayList<>();
        for (PreindexedDesign design : designs) {
            if (!design.ready()) {
                lines.add(design.design() + ": " + (design.built() ? "rows differ" : why(design)));
            }
        }
        lines.add(summary());
        return lines;
    }

    private static String why(PreindexedDesign design) {
        return design.state() == PreindexedDesign.State.THERE
                ? "there, not built yet"
                : design.state().words();
    }

    /** As a JSON object. */
    public Map<String, @Nullable Object> toFields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("slug", slug);
        fields.put("target", target);
        fields.put("ready", ready());
        fields.put("designs", designs.stream().map(PreindexedDesign::toFields).toList());
        return fields;
    }
}
