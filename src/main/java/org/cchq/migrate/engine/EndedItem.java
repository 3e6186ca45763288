package org.cchq.migrate.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.migration.Finding;
import org.cchq.migrate.migration.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * How an item of an open chunk ended, as the ledger keeps it until the chunk is finished.
 *
 * @param attempts of this session
 */
record EndedItem(long id, ItemResult result, int attempts) {
    EndedItem with(ItemResult changed) {
        return new EndedItem(id, changed, attempts);
    }

    /** One JSON array of {@code [id, outcome, bytes, orphan removed, attempts, key?, record?, detail?]}. */
    static String write(Collection<EndedItem> items) {
        List<Object> rows = new ArrayList<>();
        for (EndedItem item : items) {
            ItemResult result = item.result();
            List<Object> row = new ArrayList<>(List.of(
                    item.id(), result.outcome().name(), result.bytes(), result.orphanRemoved(), item.attempts()));
            result.finding()
                    .ifPresent(finding -> row.addAll(List.of(finding.key(), finding.record(), finding.detail())));
            rows.add(row);
        }
        return Json.write(rows);
    }

    /** By id. */
    static Map<Long, EndedItem> read(String partition, String text, String place) throws UserException {
        Map<Long, EndedItem> items = new LinkedHashMap<>();
        for (Object row : list(Json.read(text, place))) {
            List<?> cells = list(row);
            long id = number(cells.get(0));
            Outcome outcome = Outcome.valueOf(String.valueOf(cells.get(1)));
            Optional<Finding> finding = outcome.isFinding()
                    ? Optional.of(new Finding(
                            partition,
                            id,
                            String.valueOf(cells.get(5)),
                            outcome,
                            String.valueOf(cells.get(6)),
                            String.valueOf(cells.get(7))))
                    : Optional.empty();
            ItemResult result =
                    new ItemResult(outcome, number(cells.get(2)), Boolean.TRUE.equals(cells.get(3)), finding);
            items.put(id, new EndedItem(id, result, (int) number(cells.get(4))));
        }
        return items;
    }

    private static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    private static long number(@Nullable Object value) {
        return ((Number) Objects.requireNonNull(value)).longValue();
    }
}
