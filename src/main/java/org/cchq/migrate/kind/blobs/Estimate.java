package org.cchq.migrate.kind.blobs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.jspecify.annotations.Nullable;

/**
 * A forecast of the back-fill from a look at both ends; changes nothing.
 *
 * @param rows expected
 * @param rowsAreExact counted, not taken from the planner's statistics
 * @param sampled rows that were looked at
 * @param sampledBytes stored bytes of those, as their rows say
 * @param sampledOnTarget how many of them the target has
 * @param sampledNowhere how many of them neither store has
 * @param getMillis time of a HEAD request on the source, the median of the sample
 * @param putMillis the same on the target
 */
public record Estimate(
        String source,
        String target,
        List<String> shards,
        long rows,
        boolean rowsAreExact,
        int sampled,
        long sampledBytes,
        int sampledOnTarget,
        int sampledNowhere,
        double getMillis,
        double putMillis,
        List<String> warnings) {
    private static final int SAMPLE = 10;

    public Estimate {
        shards = List.copyOf(shards);
        warnings = List.copyOf(warnings);
    }

    /** Looks at both ends with the real credentials. */
    public static Estimate of(HqSettings settings) throws UserException, EndpointException, InterruptedException {
        try (Ends ends = Ends.open(settings, 1, OptionalLong.empty())) {
            ends.source().probeSource();
            ends.target().probeSource();
            BlobMetaEstimate rows = ends.rows().estimate(DateRange.ALL);
            List<BlobMetaRow> sample = new ArrayList<>();
            for (String shard : ends.rows().shards()) {
                sample.addAll(ends.rows().page(shard, Long.MIN_VALUE, SAMPLE, DateRange.ALL));
            }
            List<Double> sourceMillis = new ArrayList<>();
            List<Double> targetMillis = new ArrayList<>();
            int onTarget = 0;
            int nowhere = 0;
            for (BlobMetaRow row : sample) {
                long begun = System.nanoTime();
                boolean inSource = ends.source().head(row.key()).isPresent();
                long between = System.nanoTime();
                boolean inTarget = ends.target().head(row.key()).isPresent();
                sourceMillis.add((between - begun) / 1e6);
                targetMillis.add((System.nanoTime() - between) / 1e6);
                onTarget += inTarget ? 1 : 0;
                nowhere += inTarget || inSource ? 0 : 1;
            }
            return new Estimate(
                    ends.source().description(),
                    ends.target().description(),
                    ends.rows().shards(),
                    rows.rows(),
                    rows.exact(),
                    sample.size(),
                    sample.stream().mapToLong(BlobMetaRow::storedLength).sum(),
                    onTarget,
                    nowhere,
                    median(sourceMillis),
                    median(targetMillis),
                    ends.warnings());
        }
    }

    /** As JSON shows it. */
    public Map<String, @Nullable Object> toFields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("source", source);
        fields.put("target", target);
        fields.put("shards", shards);
        fields.put("rows", rows);
        fields.put("rows_are_exact", rowsAreExact);
        fields.put("sampled", sampled);
        fields.put("sampled_bytes", sampledBytes);
        fields.put("sampled_on_target", sampledOnTarget);
        fields.put("sampled_nowhere", sampledNowhere);
        fields.put("source_request_ms", getMillis);
        fields.put("target_request_ms", putMillis);
        fields.put("warnings", warnings);
        return fields;
    }

    private static double median(List<Double> values) {
        if (values.isEmpty()) {
            return 0;
        }
        List<Double> sorted = values.stream().sorted().toList();
        return Math.round(sorted.get(sorted.size() / 2) * 10) / 10.0;
    }
}
