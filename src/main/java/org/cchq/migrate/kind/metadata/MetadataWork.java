package org.cchq.migrate.kind.metadata;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.ItemResult;
import org.cchq.migrate.engine.Ledger;
import org.cchq.migrate.engine.Settled;
import org.cchq.migrate.engine.Work;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.migration.Finding;
import org.cchq.migrate.migration.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * The pages of one part as the engine's items. Where a page ends is noted in the ledger before the page is handed out, so
 * that a number says after a crash which documents it was.
 */
final class MetadataWork implements Work<MetadataPage> {
    private final MetadataPart part;
    private final Ledger ledger;
    private final ReadAhead reading;
    private final PageWriter writer;

    /** @param ledger of this part only */
    MetadataWork(MetadataPart part, Ledger ledger, ReadAhead reading, PageWriter writer) {
        this.part = part;
        this.ledger = ledger;
        this.reading = reading;
        this.writer = writer;
    }

    @Override
    public List<String> partitions() {
        return part.ranges();
    }

    @Override
    public List<MetadataPage> page(String range, long after, int limit) throws EndpointException, InterruptedException {
        long number = after == Long.MIN_VALUE ? 0 : after + 1;
        String from = number == 0 ? "" : end(range, after);
        MetadataPart.Page read = reading.take(range, from);
        if (read.end()) {
            return List.of();
        }
        ledger.note(place(range, number), Json.write(List.of(from, read.through())));
        PageRows rows = read.rows();
        return List.of(new MetadataPage(range, number, from, read.through(), rows.documents(), Optional.of(rows)));
    }

    private String end(String range, long number) throws EndpointException {
        return ends(range, number).get(1);
    }

    /** Both ends of a page that was handed out. */
    private List<String> ends(String range, long number) throws EndpointException {
        try {
            Object noted = Json.read(ledger.note(place(range, number)).orElse("null"), "ledger");
            if (noted instanceof List<?> ends && ends.size() == 2) {
                return ends.stream().map(String::valueOf).toList();
            }
        } catch (UserException e) {
            throw new IllegalStateException(place(range, number) + ": the ledger's note is damaged", e);
        }
        throw new IllegalStateException(place(range, number) + ": not in the ledger");
    }

    private static String place(String range, long number) {
        return "page " + range + " " + number;
    }

    @Override
    public List<MetadataPage> reload(String range, Collection<Long> ids) throws EndpointException {
        List<MetadataPage> pages = new ArrayList<>();
        for (long number : ids) {
            List<String> ends = ends(range, number);
            pages.add(new MetadataPage(range, number, ends.get(0), ends.get(1), 0, Optional.empty()));
        }
        return pages;
    }

    @Override
    public long id(MetadataPage page) {
        return page.number();
    }

    @Override
    public long bytes(MetadataPage page) {
        return 0;
    }

    @Override
    public byte[] encode(List<MetadataPage> pages) {
        List<Object> rows = new ArrayList<>();
        pages.forEach(page -> rows.add(List.of(page.number(), page.after(), page.through(), page.documents())));
        return Json.write(rows).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public List<MetadataPage> decode(String range, byte[] encoded) throws UserException {
        List<MetadataPage> pages = new ArrayList<>();
        if (Json.read(new String(encoded, StandardCharsets.UTF_8), "ledger") instanceof List<?> rows) {
            for (Object row : rows) {
                if (row instanceof List<?> cells
                        && cells.size() == 4
                        && cells.get(0) instanceof Number number
                        && cells.get(3) instanceof Number documents) {
                    pages.add(new MetadataPage(
                            range,
                            number.longValue(),
                            String.valueOf(cells.get(1)),
                            String.valueOf(cells.get(2)),
                            documents.longValue(),
                            Optional.empty()));
                }
            }
        }
        return pages;
    }

    @Override
    public ItemResult process(MetadataPage page) throws EndpointException, InterruptedException {
        PageRows rows =
                page.rows().isPresent() ? page.rows().get() : part.again(page.range(), page.after(), page.through());
        long inserted = writer.write(rows);
        return ItemResult.of(inserted > 0 ? Outcome.COPIED : Outcome.ALREADY_THERE, 0);
    }

    @Override
    public ItemResult failed(MetadataPage page, EndpointException lastError) {
        Map<String, @Nullable Object> record = new LinkedHashMap<>();
        record.put("range", page.range());
        record.put("after", page.after());
        record.put("through", page.through());
        return ItemResult.of(new Finding(
                page.range(),
                page.number(),
                page.after() + ".." + page.through(),
                lastError.kind() == EndpointException.Kind.DENIED ? Outcome.DENIED : Outcome.FAILED,
                Json.writeLikePython(record),
                String.valueOf(lastError.getMessage())));
    }

    /** A page is written in whole or not at all: there is nothing to look up again. */
    @Override
    public List<Settled<MetadataPage>> settle(String range, List<Settled<MetadataPage>> items) {
        return List.of();
    }
}
