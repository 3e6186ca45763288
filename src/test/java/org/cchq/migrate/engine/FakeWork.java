package org.cchq.migrate.engine;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.migration.Finding;
import org.cchq.migrate.migration.Outcome;

/** Copies between the two stores of a {@link World}; subclasses make it go wrong. */
class FakeWork implements Work<FakeWork.Row> {
    static final long BYTES = 7;

    final World world;
    final Map<String, Integer> processed = new ConcurrentHashMap<>();

    FakeWork(World world) {
        this.world = world;
    }

    record Row(String partition, long id, String key) {}

    /** Called before anything is done for an item, and between reading and storing it. */
    void beforeItem(Row row) throws EndpointException, InterruptedException {}

    void afterReading(Row row) throws EndpointException, InterruptedException {}

    /** Called, with the world held, before anything is changed in it. */
    void beforeChange() {}

    @Override
    public List<String> partitions() {
        return List.copyOf(world.rows.keySet());
    }

    @Override
    public List<Row> page(String partition, long after, int limit) throws EndpointException, InterruptedException {
        synchronized (world) {
            return world.rows.get(partition).tailMap(after, false).entrySet().stream()
                    .limit(limit)
                    .map(entry -> new Row(partition, entry.getKey(), entry.getValue()))
                    .toList();
        }
    }

    @Override
    public List<Row> reload(String partition, Collection<Long> ids) throws EndpointException, InterruptedException {
        synchronized (world) {
            return ids.stream()
                    .filter(world.rows.get(partition)::containsKey)
                    .map(id -> new Row(partition, id, world.rows.get(partition).get(id)))
                    .toList();
        }
    }

    @Override
    public long id(Row row) {
        return row.id();
    }

    @Override
    public long bytes(Row row) {
        return BYTES;
    }

    @Override
    public byte[] encode(List<Row> rows) {
        StringBuilder text = new StringBuilder();
        rows.forEach(row -> text.append(row.id()).append(' ').append(row.key()).append('\n'));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public List<Row> decode(String partition, byte[] encoded) {
        return new String(encoded, StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.split(" ", 2))
                .map(cells -> new Row(partition, Long.parseLong(cells[0]), cells[1]))
                .toList();
    }

    @Override
    public ItemResult process(Row row) throws EndpointException, InterruptedException {
        processed.merge(row.key(), 1, Integer::sum);
        beforeItem(row);
        boolean readable;
        synchronized (world) {
            if (world.target.contains(row.key())) {
                return ItemResult.of(Outcome.ALREADY_THERE, 0);
            }
            readable = world.source.contains(row.key());
        }
        if (!readable) {
            return ItemResult.of(finding(row, Outcome.MISSING_ON_SOURCE, "in neither store"));
        }
        afterReading(row);
        synchronized (world) {
            beforeChange();
            world.target.add(row.key());
        }
        return ItemResult.of(Outcome.COPIED, BYTES);
    }

    @Override
    public ItemResult failed(Row row, EndpointException last) {
        Outcome outcome = last.kind() == EndpointException.Kind.DENIED ? Outcome.DENIED : Outcome.FAILED;
        return ItemResult.of(finding(row, outcome, String.valueOf(last.getMessage())));
    }

    @Override
    public List<Settled<Row>> settle(String partition, List<Settled<Row>> items)
            throws EndpointException, InterruptedException {
        List<Settled<Row>> changed = new ArrayList<>();
        synchronized (world) {
            beforeChange();
            for (Settled<Row> item : items) {
                Row row = item.item();
                if (!world.rows.get(partition).containsKey(row.id())) {
                    boolean removed = world.target.remove(row.key());
                    changed.add(new Settled<>(
                            row,
                            new ItemResult(
                                    Outcome.NOT_REFERENCED,
                                    0,
                                    removed,
                                    Optional.of(finding(row, Outcome.NOT_REFERENCED, "deleted")))));
                }
            }
        }
        return changed;
    }

    static Finding finding(Row row, Outcome outcome, String detail) {
        return new Finding(row.partition(), row.id(), row.key(), outcome, "{}", detail);
    }
}
