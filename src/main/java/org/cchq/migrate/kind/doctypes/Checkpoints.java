package org.cchq.migrate.kind.doctypes;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.store.document.DocumentDatabase;
import org.cchq.migrate.store.document.DocumentDatabase.Info;
import org.cchq.migrate.store.document.DocumentDatabase.Sequence;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints of one direction, kept as CouchDB's replicator keeps its own: on both sides, the newest that all records
 * have in common counts. A place in a feed means something in one database only, and CouchDB takes a foreign one without
 * an error and begins at zero, or skips; a database that was replaced or set back has not got the record.
 */
final class Checkpoints {
    private static final int KEPT = 5;
    private static final long TOLERANCE = 1_000;

    /**
     * @param session of the first copy; empty if none was begun
     * @param original place in the feed before the first copy
     * @param newest that counts
     * @param doubt why none counts although there should be one; empty if there is none to be expected
     */
    record Found(
            Optional<String> session,
            Optional<Sequence> original,
            Optional<Checkpoint> newest,
            Optional<String> doubt) {}

    private final DoctypeEnds ends;
    private final Direction direction;
    private final SharedRecord record;
    private String session = "";
    private Sequence original = Sequence.ZERO;
    private List<Checkpoint> kept = List.of();
    private String instances = "";
    private boolean targetWasEmpty;

    Checkpoints(DoctypeEnds ends, Path stateDirectory, Direction direction) {
        this.ends = ends;
        this.direction = direction;
        this.record = new SharedRecord(ends, stateDirectory, direction.suffix());
    }

    Found read() throws UserException, EndpointException, InterruptedException {
        SharedRecord.Copies copies = record.read();
        if (copies.all().isEmpty()) {
            return new Found(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        }
        Map<String, @Nullable Object> own = copies.file().orElse(copies.all().get(0));
        List<Checkpoint> mine = checkpoints(own);
        Optional<String> doubt = Optional.empty();
        Optional<Checkpoint> common = Optional.empty();
        if (copies.source().isEmpty() || copies.target().isEmpty()) {
            doubt = Optional.of((copies.source().isEmpty() ? ends.source() : ends.target()).endpoint()
                    + " has not got the migration's record: it is another database than before, or was made anew");
        } else {
            Set<String> there = ids(copies.source().get());
            there.retainAll(ids(copies.target().get()));
            common = mine.stream().filter(one -> there.contains(one.id())).findFirst();
            boolean sameSession = sessions(copies).size() == 1;
            if (!sameSession || (common.isEmpty() && !mine.isEmpty())) {
                doubt = Optional.of(
                        "the records of the migration in " + ends.source().endpoint() + ", "
                                + ends.target().endpoint()
                                + " and on this host have no checkpoint in common: a database was replaced or set back");
            }
        }
        if (doubt.isEmpty()) {
            Info now = feed().info();
            doubt = setBack(common.map(Checkpoint::seq), now.updateSequence());
            if (doubt.isEmpty() && otherInstance(text(own.get("instances")))) {
                doubt = Optional.of("a database was made anew since the last checkpoint");
            }
        }
        session = text(own.get("session"));
        original = new Sequence(text(own.get("original_seq")));
        kept = doubt.isPresent() ? List.of() : mine;
        instances = text(own.get("instances"));
        targetWasEmpty = Boolean.TRUE.equals(own.get("target_was_empty"));
        return new Found(
                Optional.of(session), Optional.of(original), doubt.isPresent() ? Optional.empty() : common, doubt);
    }

    /** Forgets all checkpoints: a first copy begins. */
    void begin(Sequence originalSeq, boolean targetEmpty)
            throws UserException, EndpointException, InterruptedException {
        session = UUID.randomUUID().toString();
        original = originalSeq;
        targetWasEmpty = targetEmpty;
        kept = List.of();
        instances = currentInstances();
        write();
    }

    /** All documents of all changes up to here are accounted for, and failures are on the disk. */
    Checkpoint save(Sequence seq) throws UserException, EndpointException, InterruptedException {
        Checkpoint next = new Checkpoint(UUID.randomUUID().toString(), seq, Instant.now());
        List<Checkpoint> newer = new ArrayList<>();
        newer.add(next);
        newer.addAll(kept.subList(0, Math.min(kept.size(), KEPT - 1)));
        kept = List.copyOf(newer);
        write();
        return next;
    }

    String session() {
        return session;
    }

    Sequence original() {
        return original;
    }

    /** Whether there was nothing in the target before the first copy. */
    boolean targetWasEmpty() {
        return targetWasEmpty;
    }

    /** Whether both databases still have the record of this run. */
    boolean unbroken() throws UserException, EndpointException, InterruptedException {
        SharedRecord.Copies copies = record.read();
        return copies.source().isPresent()
                && copies.target().isPresent()
                && sessions(copies).equals(Set.of(session))
                && (kept.isEmpty()
                        || (ids(copies.source().get()).contains(kept.get(0).id())
                                && ids(copies.target().get())
                                        .contains(kept.get(0).id())));
    }

    /** Why the feed cannot have come from its saved place to where it stands now; empty if it can. */
    static Optional<String> setBack(Optional<Sequence> saved, Sequence now) {
        long before = saved.map(Checkpoints::position).orElse(0L);
        long position = position(now);
        boolean exact = !now.json().startsWith("\"");
        if (before > 0 && position >= 0 && position + (exact ? 0 : TOLERANCE) < before) {
            return Optional.of("the feed of changes stands at " + position + ", before the saved place " + before
                    + ": the database was replaced or set back");
        }
        return Optional.empty();
    }

    /** The number that a sequence begins with: for display and for doubt, never for order; -1 if there is none. */
    static long position(Sequence seq) {
        String digits = seq.text().replaceFirst("^([0-9]{1,18})?.*$", "$1");
        return digits.isEmpty() ? -1 : Long.parseLong(digits);
    }

    private DocumentDatabase feed() {
        return direction == Direction.FORWARD ? ends.source() : ends.target();
    }

    private boolean otherInstance(String known) throws EndpointException, InterruptedException {
        String now = currentInstances();
        String[] before = known.split(" ", -1);
        String[] after = now.split(" ", -1);
        for (int side = 0; side < Math.min(before.length, after.length); side++) {
            boolean tell = !before[side].isEmpty() && !before[side].equals("0") && !after[side].equals("0");
            if (tell && !before[side].equals(after[side])) {
                return true;
            }
        }
        return false;
    }

    private String currentInstances() throws EndpointException, InterruptedException {
        return ends.source().info().identity().instance() + " "
                + ends.target().info().identity().instance();
    }

    private void write() throws UserException, EndpointException, InterruptedException {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("version", 1);
        fields.put("slug", ends.migrator().slug());
        fields.put("direction", direction.name().toLowerCase(java.util.Locale.ROOT));
        fields.put("source", ends.source().endpoint());
        fields.put("target", ends.target().endpoint());
        fields.put("instances", instances);
        fields.put("target_was_empty", targetWasEmpty);
        fields.put("session", session);
        fields.put("original_seq", original.json());
        fields.put(
                "checkpoints",
                kept.stream()
                        .map(one -> Map.of(
                                "id",
                                one.id(),
                                "seq",
                                one.seq().json(),
                                "at",
                                one.at().toString()))
                        .toList());
        record.write(fields);
    }

    private static List<Checkpoint> checkpoints(Map<String, @Nullable Object> fields) {
        List<Checkpoint> checkpoints = new ArrayList<>();
        if (fields.get("checkpoints") instanceof List<?> list) {
            for (Object item : list) {
                if (item instanceof Map<?, ?> one) {
                    checkpoints.add(new Checkpoint(
                            text(one.get("id")),
                            new Sequence(text(one.get("seq"))),
                            Instant.parse(text(one.get("at")))));
                }
            }
        }
        return checkpoints;
    }

    private static Set<String> ids(Map<String, @Nullable Object> fields) {
        return checkpoints(fields).stream()
                .map(Checkpoint::id)
                .collect(Collectors.toCollection(java.util.HashSet::new));
    }

    private static Set<String> sessions(SharedRecord.Copies copies) {
        return copies.all().stream().map(copy -> text(copy.get("session"))).collect(Collectors.toSet());
    }

    private static String text(@Nullable Object value) {
        return Objects.toString(value, "");
    }
}
