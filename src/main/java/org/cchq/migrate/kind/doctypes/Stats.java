package org.cchq.migrate.kind.doctypes;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.store.document.CouchSpec;
import org.cchq.migrate.store.document.DocumentDatabase;
import org.jspecify.annotations.Nullable;

/**
 * {@code --stats}: how many documents of each type both databases have. Reads only; a target that is not there yet has none
 * and is not made, as HQ would.
 *
 * @param source address with the password masked
 * @param target likewise
 */
public record Stats(String source, String target, TypeCounts inSource, TypeCounts inTarget) {
    private static final int COLUMN = 30;

    /** Counts now. */
    public static Stats of(
            Collection<String> types,
            CouchSpec sourceSpec,
            DocumentDatabase source,
            CouchSpec targetSpec,
            DocumentDatabase target)
            throws EndpointException, InterruptedException {
        return new Stats(
                masked(sourceSpec), masked(targetSpec), TypeCounts.of(source, types), TypeCounts.of(target, types));
    }

    /** Counts that somebody else has made. */
    static Stats of(String source, String target, Map<String, Long> inSource, Map<String, Long> inTarget) {
        return new Stats(
                source, target, new TypeCounts(inSource, Set.of(), true), new TypeCounts(inTarget, Set.of(), true));
    }

    /** An address as HQ shows it: {@code http://user:******@host:port/name}. */
    public static String masked(CouchSpec spec) {
        String account = spec.user().isEmpty() || spec.password().isEmpty() ? "" : spec.user() + ":******@";
        return (spec.https() ? "https" : "http") + "://" + account + spec.serverRoot() + "/" + spec.database();
    }

    /** The lines, byte for byte as HQ writes them. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("Source DB: " + source);
        lines.add("Target DB: " + target);
        lines.add("");
        lines.add(centred("doc_type") + "\tSource\tTarget");
        inSource.byType()
                .forEach((type, count) -> lines.add(leftAligned(type) + "\t" + count + "\t"
                        + inTarget.byType().getOrDefault(type, 0L)));
        return lines;
    }

    /** What had to be counted by reading every document of a database, which takes long; one line a database. */
    public List<String> remarks() {
        List<String> remarks = new ArrayList<>();
        remark(source, inSource, remarks);
        remark(target, inTarget, remarks);
        return remarks;
    }

    private static void remark(String database, TypeCounts counts, List<String> remarks) {
        if (!counts.oneByOne().isEmpty()) {
            remarks.add(database + ": counted one by one, because the view all_docs/by_doc_type "
                    + (counts.hasView()
                            ? "may leave them out: " + String.join(", ", counts.oneByOne())
                            : "is not there"));
        }
    }

    /** Documents of all types. */
    public long sourceTotal() {
        return total(inSource);
    }

    public long targetTotal() {
        return total(inTarget);
    }

    /** {@code {"source": .., "target": .., "types": {"Group": {"source": 1, "target": 1}}}}. */
    public Map<String, @Nullable Object> toJson() {
        Map<String, @Nullable Object> types = new LinkedHashMap<>();
        inSource.byType()
                .forEach((type, count) -> types.put(
                        type,
                        Map.of("source", count, "target", inTarget.byType().getOrDefault(type, 0L))));
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("source", source);
        json.put("target", target);
        json.put("types", types);
        return json;
    }

    private static long total(TypeCounts counts) {
        return counts.byType().values().stream().mapToLong(Long::longValue).sum();
    }

    private static String centred(String text) {
        int left = (COLUMN - text.length()) / 2;
        return leftAligned(" ".repeat(left) + text);
    }

    private static String leftAligned(String text) {
        return text + " ".repeat(Math.max(0, COLUMN - text.length()));
    }
}
