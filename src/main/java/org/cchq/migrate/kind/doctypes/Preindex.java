package org.cchq.migrate.kind.doctypes;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.kind.doctypes.PreindexedDesign.State;
import org.cchq.migrate.store.document.DocumentDatabase;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.store.document.DocumentDatabase.Failure;
import org.jspecify.annotations.Nullable;

/**
 * Brings design documents to the target so that nobody waits for their indexes, as HQ's preindexing does: each is written as
 * {@code _design/NAME-tmp}, its first view is asked until it answers (one index serves all views of a design document), then
 * it is copied to its name, where the server finds the index that it has built, and the first is removed. What is there
 * already is not touched; killed at any moment, the same again goes on.
 */
public final class Preindex {
    private static final int AT_ONCE = 4;

    private final DoctypeEnds ends;
    private final PatientRequest requests;
    private final Consumer<String> lines;
    private final RowCounts counts;

    /**
     * @param requests how long an index may take
     * @param countLimit most rows of one view that are read to compare; see {@link #DEFAULT_COUNT_LIMIT}
     * @param lines what goes on, for a person
     */
    public Preindex(DoctypeEnds ends, PatientRequest requests, long countLimit, Consumer<String> lines) {
        this.ends = ends;
        this.requests = requests;
        this.lines = lines;
        this.counts = new RowCounts(ends, requests, countLimit);
    }

    /** Rows of one view that are read from the source to compare, unless told otherwise. */
    public static final long DEFAULT_COUNT_LIMIT = RowCounts.DEFAULT_LIMIT;

    /** What to do about a design document of the same name and another text. */
    public enum Different {
        LEAVE,
        REPLACE
    }

    /**
     * Brings them, and compares the rows of their views.
     *
     * @param names without {@code _design/}; each is in the source
     */
    public PreindexReport run(List<String> names, Different different)
            throws UserException, EndpointException, InterruptedException {
        List<Document> wanted = wanted(names);
        ends.prepare();
        Map<String, Document> there = byName(ends.target());
        ExecutorService crew = Executors.newFixedThreadPool(AT_ONCE, work -> new Thread(work, "preindex"));
        try {
            List<Future<PreindexedDesign>> running = new ArrayList<>();
            for (Document design : wanted) {
                running.add(crew.submit(() -> bring(design, there, different)));
            }
            return report(running);
        } finally {
            crew.shutdownNow();
        }
    }

    /** Looks what is there; changes nothing, but an index that is asked for is built by the server. */
    public PreindexReport check(List<String> names) throws UserException, EndpointException, InterruptedException {
        List<Document> wanted = wanted(names);
        Map<String, Document> there = ends.target().exists() ? byName(ends.target()) : Map.of();
        List<PreindexedDesign> designs = new ArrayList<>();
        for (Document design : wanted) {
            String name = DesignFunction.nameOf(design);
            State state = state(design, Optional.ofNullable(there.get(name)));
            boolean built = state == State.THERE && answers(name, design);
            designs.add(new PreindexedDesign(
                    name, state, DesignFunction.views(design).size(), built, built ? comparisons(design) : List.of()));
        }
        return new PreindexReport(ends.migrator().slug(), ends.target().endpoint(), designs);
    }

    private List<Document> wanted(List<String> names) throws UserException, EndpointException, InterruptedException {
        if (!ends.source().exists()) {
            throw new UserException("the source " + ends.source().endpoint() + " does not exist");
        }
        Map<String, Document> inSource = byName(ends.source());
        Problems problems = new Problems();
        List<Document> wanted = new ArrayList<>();
        for (String name : names) {
            Document design = inSource.get(name);
            if (design == null) {
                problems.add(
                        "design document '" + name + "'",
                        "is not in " + ends.source().endpoint() + ", which has "
                                + String.join(", ", inSource.keySet()));
            } else {
                wanted.add(design);
            }
        }
        problems.throwIfAny();
        return wanted;
    }

    private Map<String, Document> byName(DocumentDatabase database) throws EndpointException, InterruptedException {
        Map<String, Document> byName = new java.util.TreeMap<>();
        for (Document design : requests.send(database::designs)) {
            byName.put(DesignFunction.nameOf(design), design);
        }
        return byName;
    }

    private PreindexReport report(List<Future<PreindexedDesign>> running)
            throws EndpointException, InterruptedException {
        List<PreindexedDesign> designs = new ArrayList<>();
        for (Future<PreindexedDesign> design : running) {
            try {
                designs.add(design.get());
            } catch (ExecutionException e) {
                if (e.getCause() instanceof EndpointException trouble) {
                    throw trouble;
                }
                if (e.getCause() instanceof InterruptedException interrupted) {
                    throw interrupted;
                }
                throw new IllegalStateException(e.getCause());
            }
        }
        return new PreindexReport(ends.migrator().slug(), ends.target().endpoint(), designs);
    }

    private PreindexedDesign bring(Document design, Map<String, Document> there, Different different)
            throws EndpointException, InterruptedException {
        String name = DesignFunction.nameOf(design);
        Optional<Document> mine = Optional.ofNullable(there.get(name));
        Optional<Document> begun = Optional.ofNullable(there.get(name + Audit.BEING_BUILT));
        State state = state(design, mine);
        if (state == State.OTHER && different == Different.LEAVE) {
            lines.accept(name + ": " + state.words());
            return new PreindexedDesign(
                    name, state, DesignFunction.views(design).size(), false, List.of());
        }
        if (state != State.THERE) {
            put(design, begun);
            state = State.PUT;
        } else if (begun.isPresent()) {
            remove(name + Audit.BEING_BUILT);
        }
        build(name, design);
        List<RowComparison> comparisons = comparisons(design);
        lines.accept(name + ": " + state.words() + ", built" + told(comparisons));
        return new PreindexedDesign(name, state, DesignFunction.views(design).size(), true, comparisons);
    }

    private static State state(Document design, Optional<Document> mine) {
        if (mine.isEmpty()) {
            return State.ABSENT;
        }
        return content(mine.get()).equals(content(design)) ? State.THERE : State.OTHER;
    }

    /** Everything but what differs between two databases; attachments by name and digest. */
    private static Map<String, @Nullable Object> content(Document design) {
        Map<String, @Nullable Object> content = new LinkedHashMap<>();
        design.fields().forEach((key, value) -> {
            if (!key.startsWith("_")) {
                content.put(key, value);
            }
        });
        if (design.fields().get("_attachments") instanceof Map<?, ?> attachments) {
            attachments.forEach((name, stub) -> content.put(
                    "_attachments " + name, stub instanceof Map<?, ?> fields ? fields.get("digest") : null));
        }
        return content;
    }

    private void put(Document design, Optional<Document> begun) throws EndpointException, InterruptedException {
        String name = DesignFunction.nameOf(design);
        String temporary = name + Audit.BEING_BUILT;
        if (begun.isEmpty() || !content(begun.get()).equals(content(design))) {
            write(design, temporary, begun.map(Document::rev));
        }
        build(temporary, design);
        requests.send(() -> {
            ends.target().copyDesign(temporary, name);
            return true;
        });
        remove(temporary);
    }

    private void write(Document design, String name, Optional<String> rev)
            throws EndpointException, InterruptedException {
        Document whole = design.fields().containsKey("_attachments")
                ? requests.send(() -> ends.source().whole(design.id(), design.rev()))
                        .orElse(design)
                : design;
        Map<String, @Nullable Object> fields = withoutAttachments(design);
        fields.put("_id", DesignFunction.PREFIX + name);
        rev.ifPresent(known -> fields.put("_rev", known));
        if (whole.fields().get("_attachments") instanceof Map<?, ?> attachments) {
            fields.put("_attachments", attachments);
        }
        edit(new Document(fields), "write");
    }

    private void remove(String name) throws EndpointException, InterruptedException {
        Optional<Document> there = Optional.ofNullable(byName(ends.target()).get(name));
        if (there.isPresent()) {
            edit(
                    new Document(
                            Map.of("_id", there.get().id(), "_rev", there.get().rev(), "_deleted", true)),
                    "remove");
        }
    }

    private void edit(Document document, String action) throws EndpointException, InterruptedException {
        for (Failure failure : requests.send(() -> ends.target().edit(List.of(document)))) {
            // After a lost answer the next attempt meets what the one before it has written.
            if (!failure.error().equals("conflict") || !isThere(document)) {
                throw new EndpointException(
                        ends.target().endpoint(),
                        Kind.REFUSED,
                        "Tried to " + action + " " + document.id() + " on "
                                + ends.target().endpoint() + " but it answered " + failure.error() + ": "
                                + failure.reason());
            }
        }
    }

    private boolean isThere(Document document) throws EndpointException, InterruptedException {
        Optional<Document> now = Optional.ofNullable(byName(ends.target()).get(DesignFunction.nameOf(document)));
        return document.deleted()
                ? now.isEmpty()
                : now.filter(there -> withoutAttachments(there).equals(withoutAttachments(document)))
                        .isPresent();
    }

    /** What is sent has attachments without digests. */
    private static Map<String, @Nullable Object> withoutAttachments(Document design) {
        Map<String, @Nullable Object> content = content(design);
        content.keySet().removeIf(key -> key.startsWith("_"));
        return content;
    }

    /** Asks until the index is there. The server goes on building when the one who asked has gone. */
    private void build(String name, Document design) throws EndpointException, InterruptedException {
        for (String view : DesignFunction.views(design).stream().limit(1).toList()) {
            requests.send(
                    () -> ends.target().view(name, view, Map.of("limit", 0)),
                    (waited, last) -> lines.accept(name + ": is being built, for " + words(waited) + " now ("
                            + last.kind().name().toLowerCase(java.util.Locale.ROOT) + ")"));
        }
    }

    private boolean answers(String name, Document design) throws EndpointException, InterruptedException {
        try {
            for (String view : DesignFunction.views(design).stream().limit(1).toList()) {
                ends.target().view(name, view, Map.of("limit", 0));
            }
            return true;
        } catch (EndpointException e) {
            if (e.retryable()) {
                return false;
            }
            throw e;
        }
    }

    private List<RowComparison> comparisons(Document design) throws EndpointException, InterruptedException {
        List<RowComparison> comparisons = new ArrayList<>();
        for (DesignFunction function : DesignFunction.of(design)) {
            if (function.kind() == DesignFunction.Kind.VIEW) {
                TextReading text = TextReading.of(function, ends.migrator());
                comparisons.add(counts.compare(function.design(), function.name(), text.others()));
            }
        }
        return comparisons;
    }

    private static String told(List<RowComparison> comparisons) {
        StringBuilder text = new StringBuilder();
        for (RowComparison comparison : comparisons) {
            if (!comparison.agrees()) {
                text.append("; ").append(comparison.view()).append(" has ").append(comparison.target());
                text.append(" rows, in the source ").append(comparison.source().orElse(0));
            } else if (comparison.source().isEmpty()) {
                text.append("; ").append(comparison.view()).append(" not compared, too many rows of others");
            }
        }
        return text.isEmpty() && !comparisons.isEmpty() ? ", rows as in the source" : text.toString();
    }

    private static String words(Duration waited) {
        long minutes = waited.toMinutes();
        return (minutes > 0 ? minutes + " min " : "") + waited.toSecondsPart() + " s";
    }
}
