package org.cchq.migrate.kind.doctypes;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * How far the pages of a first copy are settled. A place is passed only when every page before it is: a page that is still
 * being worked on when the process is killed is read again. Thread-safe.
 */
final class SweepPosition {
    static final String DONE = "\u0000done";
    private static final long BETWEEN_WRITES = Duration.ofSeconds(2).toNanos();

    /** A page in work. */
    static final class Open {
        private final String list;
        private final String last;
        private int batches;
        private boolean complete;

        private Open(String list, String last) {
            this.list = list;
            this.last = last;
        }
    }

    private final RecordFile file;
    private final String session;
    private final FailedDocuments failed;
    private final Map<String, String> after = new LinkedHashMap<>();
    private final Deque<Open> open = new ArrayDeque<>();
    private Counts before = Counts.NONE;
    private boolean resumed;
    private long written = System.nanoTime();

    private SweepPosition(RecordFile file, String session, FailedDocuments failed) {
        this.file = file;
        this.session = session;
        this.failed = failed;
    }

    /** The position of this session; the beginning if there is none of it. */
    static SweepPosition read(Path stateDirectory, String slug, String session, FailedDocuments failed)
            throws UserException {
        RecordFile file = new RecordFile(stateDirectory.resolve("doctype-" + slug + "-initial.json"));
        SweepPosition position = new SweepPosition(file, session, failed);
        Map<String, @Nullable Object> fields = file.object().orElse(Map.of());
        if (session.equals(fields.get("session")) && fields.get("after") instanceof Map<?, ?> places) {
            places.forEach((list, place) -> position.after.put(String.valueOf(list), String.valueOf(place)));
            position.resumed = true;
            Map<Outcome, Long> outcomes = new LinkedHashMap<>();
            if (fields.get("counts") instanceof Map<?, ?> counts) {
                counts.forEach((name, count) -> {
                    if (count instanceof Number number) {
                        outcomes.put(Outcome.valueOf(String.valueOf(name)), number.longValue());
                    }
                });
            }
            position.before = new Counts(number(fields.get("documents")), outcomes, number(fields.get("bytes")), 0);
        }
        return position;
    }

    boolean resumed() {
        return resumed;
    }

    /** What earlier sessions have counted. */
    Counts before() {
        return before;
    }

    synchronized String after(String list) {
        return after.getOrDefault(list, "");
    }

    synchronized Open begin(String list, String last) {
        Open page = new Open(list, last);
        open.addLast(page);
        return page;
    }

    synchronized void batchBegins(Open page) {
        page.batches++;
    }

    synchronized void batchEnds(Open page, RunTally tally) throws UserException {
        page.batches--;
        advance(tally);
    }

    /** All batches of the page have begun. */
    synchronized void handedOut(Open page, RunTally tally) throws UserException {
        page.complete = true;
        advance(tally);
    }

    /** Writes it at once; failures first, so that the place never passes one that is not on the disk. */
    synchronized void write(RunTally tally) throws UserException {
        failed.save();
        Counts counts = tally.counts();
        Map<String, Object> outcomes = new LinkedHashMap<>();
        counts.outcomes().forEach((outcome, count) -> {
            // Failed ones are counted when they are settled at last.
            if (outcome != Outcome.FAILED) {
                outcomes.put(outcome.name(), count);
            }
        });
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("session", session);
        fields.put("after", new LinkedHashMap<>(after));
        fields.put("documents", counts.enumerated());
        fields.put("counts", outcomes);
        fields.put("bytes", counts.bytes());
        file.write(Json.write(fields) + "\n");
        written = System.nanoTime();
    }

    synchronized void remove() throws UserException {
        file.delete();
    }

    private void advance(RunTally tally) throws UserException {
        boolean moved = false;
        while (!open.isEmpty() && open.getFirst().complete && open.getFirst().batches == 0) {
            Open page = open.removeFirst();
            after.put(page.list, page.last);
            moved = true;
        }
        if (moved && System.nanoTime() - written > BETWEEN_WRITES) {
            write(tally);
        }
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : Long.parseLong(Objects.toString(value, "0"));
    }
}
