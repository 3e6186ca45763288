package org.cchq.migrate.kind.doctypes;

import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.store.document.DocumentDatabase.Sequence;
import org.jspecify.annotations.Nullable;

/** The marks of a migration: in a file on this host and in both databases. May be written while a run goes on. */
public final class DoctypeMarks {
    private static final String SUFFIX = "-marks";
    private static final String CHANGED = "changed";
    private static final String REVERSE_FROM = "reverse_from";

    private final DoctypeEnds ends;
    private final SharedRecord record;

    public DoctypeMarks(DoctypeEnds ends, Path stateDirectory) {
        this.ends = ends;
        this.record = new SharedRecord(ends, stateDirectory, SUFFIX);
    }

    /**
     * The marks of the newest record; those of the cleanup from any of them, because what cannot be taken back must not
     * get lost with a file or a database.
     */
    public Map<Mark, Instant> read() throws UserException, EndpointException, InterruptedException {
        Map<Mark, Instant> marks = new EnumMap<>(Mark.class);
        SharedRecord.Copies copies = record.read();
        newest(copies).ifPresent(fields -> marks.putAll(marks(fields)));
        for (Map<String, @Nullable Object> fields : copies.all()) {
            marks(fields).forEach((mark, at) -> {
                if (isFinal(mark)) {
                    marks.putIfAbsent(mark, at);
                }
            });
        }
        return marks;
    }

    /** Sets a mark; one that is there keeps its time. */
    public void set(Mark mark) throws UserException, EndpointException, InterruptedException {
        Map<Mark, Instant> marks = new EnumMap<>(Mark.class);
        marks.putAll(read());
        Optional<Sequence> from = reverseFrom();
        // Taken once: an earlier place than needed does no harm, a later one would leave out what the site wrote since.
        if ((mark == Mark.FLIP_READY && !marks.containsKey(mark)) || (mark == Mark.FLIPPED && from.isEmpty())) {
            from = Optional.of(ends.target().info().updateSequence());
        }
        marks.putIfAbsent(mark, Instant.now());
        write(marks, from);
    }

    /** Takes a mark back; refused for those of the cleanup. */
    public void clear(Mark mark) throws UserException, EndpointException, InterruptedException {
        if (isFinal(mark)) {
            throw new UserException("'" + mark.word() + "' cannot be taken back: documents were deleted from "
                    + ends.source().endpoint());
        }
        Map<Mark, Instant> marks = new EnumMap<>(Mark.class);
        marks.putAll(read());
        marks.remove(mark);
        write(marks, reverseFrom());
    }

    /** Place in the target's feed before the site wrote to it; empty if it was not ready for the flip yet. */
    Optional<Sequence> reverseFrom() throws UserException, EndpointException, InterruptedException {
        return newest(record.read())
                .map(fields -> Objects.toString(fields.get(REVERSE_FROM), ""))
                .filter(text -> !text.isEmpty())
                .map(Sequence::new);
    }

    /** As far as this host knows, without a request. */
    boolean cleanupStartedHere() throws UserException {
        return record.readFile().map(DoctypeMarks::marks).orElse(Map.of()).containsKey(Mark.CLEANUP_STARTED);
    }

    private void write(Map<Mark, Instant> marks, Optional<Sequence> reverseFrom)
            throws UserException, EndpointException, InterruptedException {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("version", 1);
        fields.put("slug", ends.migrator().slug());
        marks.forEach((mark, at) -> fields.put(mark.word(), at.toString()));
        reverseFrom.ifPresent(seq -> fields.put(REVERSE_FROM, seq.json()));
        fields.put(CHANGED, Instant.now().toString());
        record.write(fields);
    }

    private static Optional<Map<String, @Nullable Object>> newest(SharedRecord.Copies copies) {
        Optional<Map<String, @Nullable Object>> newest = Optional.empty();
        for (Map<String, @Nullable Object> fields : copies.all()) {
            if (newest.isEmpty() || changed(fields).isAfter(changed(newest.get()))) {
                newest = Optional.of(fields);
            }
        }
        return newest;
    }

    private static Instant changed(Map<String, @Nullable Object> fields) {
        return instant(fields.get(CHANGED)).orElse(Instant.EPOCH);
    }

    private static Map<Mark, Instant> marks(Map<String, @Nullable Object> fields) {
        Map<Mark, Instant> marks = new EnumMap<>(Mark.class);
        for (Mark mark : Mark.values()) {
            instant(fields.get(mark.word())).ifPresent(at -> marks.put(mark, at));
        }
        return marks;
    }

    private static Optional<Instant> instant(@Nullable Object value) {
        try {
            return value == null
                    ? Optional.empty()
                    : Optional.of(Instant.parse(Json.write(value).replace("\"", "")));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static boolean isFinal(Mark mark) {
        return mark == Mark.CLEANUP_STARTED || mark == Mark.CLEANUP_COMPLETE;
    }
}
