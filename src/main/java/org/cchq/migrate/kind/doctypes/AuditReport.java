package org.cchq.migrate.kind.doctypes;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an audit found.
 *
 * @param source without credentials
 * @param samples of each type, how many were run; empty if nothing was run
 * @param otherSamples documents of other types
 * @param notes what a person should know of how it was found out
 * @param designs every design document of the source, sorted by name
 * @param checkout functions of a checkout that concern the types, or differ from the database
 */
public record AuditReport(
        Migrator migrator,
        String source,
        String target,
        Map<String, Integer> samples,
        int otherSamples,
        List<String> notes,
        List<DesignFinding> designs,
        List<CheckoutFinding> checkout) {
    public AuditReport {
        samples = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(samples));
        notes = List.copyOf(notes);
        designs = List.copyOf(designs);
        checkout = List.copyOf(checkout);
    }

    /** Names of the design documents that the target needs once the documents have moved, sorted. */
    public List<String> neededInTarget() {
        return named(Need.TARGET, Need.BOTH);
    }

    /** Every design document of the source, sorted. */
    public List<String> designNames() {
        return designs.stream().map(DesignFinding::design).toList();
    }

    private List<String> named(Need one, Need other) {
        return designs.stream()
                .filter(design -> design.need() == one || design.need() == other)
                .map(DesignFinding::design)
                .toList();
    }

    /** As a JSON object. */
    public Map<String, @Nullable Object> toFields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("slug", migrator.slug());
        fields.put("source", source);
        fields.put("target", target);
        fields.put("doc_types", migrator.docTypes());
        fields.put("samples", samples);
        fields.put("samples_of_others", otherSamples);
        fields.put("notes", notes);
        fields.put("needed_in_target", neededInTarget());
        fields.put("needed_in_source", named(Need.SOURCE, Need.BOTH));
        fields.put("designs", designs.stream().map(DesignFinding::toFields).toList());
        fields.put("checkout", checkout.stream().map(CheckoutFinding::toFields).toList());
        return fields;
    }

    /** For a person, at most 80 columns where the names allow it. */
    public List<String> toLines() {
        return new AuditText(this).lines();
    }
}
