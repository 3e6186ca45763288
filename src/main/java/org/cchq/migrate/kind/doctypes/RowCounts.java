package org.cchq.migrate.kind.doctypes;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.store.document.DocumentDatabase;
import org.cchq.migrate.store.document.DocumentDatabase.Standing;
import org.cchq.migrate.store.document.DocumentDatabase.ViewPage;
import org.cchq.migrate.store.document.DocumentDatabase.ViewRow;
import org.jspecify.annotations.Nullable;

/**
 * Compares the rows of a view in source and target. In the source only rows count whose document the target has, too; a view
 * that has many rows of others there, more than the limit, is not counted. The site goes on writing: a difference is looked
 * at again before it is told.
 *
 * @param limit most rows of one view that are read from the source
 */
record RowCounts(DoctypeEnds ends, PatientRequest requests, long limit) {
    /** Rows of one view that are read from the source unless told otherwise. */
    static final long DEFAULT_LIMIT = 1_000_000;

    private static final int PAGE = 2000;
    private static final int LOOKS = 4;
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

    /** @param others whether the view may have rows of other documents */
    RowComparison compare(String design, String view, boolean others) throws EndpointException, InterruptedException {
        RowComparison comparison = look(design, view, others);
        for (int looks = 1; looks < LOOKS && !comparison.agrees(); looks++) {
            requests.sleeper().sleep(BETWEEN_LOOKS);
            comparison = look(design, view, others);
        }
        return comparison;
    }

    private RowComparison look(String design, String view, boolean others)
            throws EndpointException, InterruptedException {
        long target = total(ends.target(), design, view);
        long source = total(ends.source(), design, view);
        if (!others || source == 0) {
            return new RowComparison(view, OptionalLong.of(source), target);
        }
        return new RowComparison(
                view, source > limit ? OptionalLong.empty() : OptionalLong.of(shared(design, view)), target);
    }

    private long total(DocumentDatabase database, String design, String view)
            throws EndpointException, InterruptedException {
        Optional<ViewPage> page = requests.send(() -> database.view(design, view, Map.of("limit", 0, "reduce", false)));
        return page.flatMap(ViewPage::total).orElse(0L);
    }

    /**
     * Rows of the source whose document the target has. A page begins at the last key, past the rows of that key that were
     * seen: not every server knows {@code startkey_docid}.
     */
    private long shared(String design, String view) throws EndpointException, InterruptedException {
        long count = 0;
        Map<String, @Nullable Object> options = new LinkedHashMap<>();
        options.put("reduce", false);
        options.put("limit", PAGE);
        int seenOfKey = 0;
        while (true) {
            Optional<ViewPage> page = requests.send(() -> ends.source().view(design, view, options));
            List<ViewRow> rows = page.map(ViewPage::rows).orElse(List.of());
            Set<String> there = inTarget(rows);
            for (ViewRow row : rows) {
                count += row.id().filter(there::contains).isPresent() ? 1 : 0;
                boolean same = options.containsKey("startkey") && Objects.equals(options.get("startkey"), row.key());
                seenOfKey = same ? seenOfKey + 1 : 1;
                options.put("startkey", row.key());
            }
            if (rows.size() < PAGE) {
                return count;
            }
            options.put("skip", seenOfKey);
        }
    }

    private Set<String> inTarget(List<ViewRow> rows) throws EndpointException, InterruptedException {
        List<String> ids = new ArrayList<>(rows.stream()
                .map(ViewRow::id)
                .flatMap(Optional::stream)
                .distinct()
                .toList());
        Set<String> there = new HashSet<>();
        for (Standing standing : requests.send(() -> ends.target().standings(ids))) {
            if (standing.live()) {
                there.add(standing.id());
            }
        }
        return there;
    }
}
