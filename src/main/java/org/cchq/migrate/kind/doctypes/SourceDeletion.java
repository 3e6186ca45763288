package org.cchq.migrate.kind.doctypes;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointPatience;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.engine.Time;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.Outcome;
import org.cchq.migrate.migration.ProgressSnapshot;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.store.document.DocumentDatabase.Failure;
import org.cchq.migrate.store.document.DocumentDatabase.Leaves;
import org.jspecify.annotations.Nullable;

/**
 * Deletes the documents of the types in the source. A document goes only if the target has its live revisions, or
 * descendants of them; then all of its live revisions go, the losing ones first, so that none comes to life again. Killed at
 * any moment, it is begun again and finds what is left. Not thread-safe.
 */
final class SourceDeletion {
    private static final int REQUEST = 100;
    private static final int PASSES = 5;

    private final DoctypeRun run;
    private final RemovalLog log;
    private final Clock clock;
    private final Pace pace;
    private final long expected;
    private final BooleanSupplier overtaken;
    private final Lacking lacking;
    private final EndpointPatience patience = new EndpointPatience(Sleeper.SYSTEM);
    private final Set<String> kept = new HashSet<>();
    private final Set<String> failed = new HashSet<>();
    private final Instant began;
    private long deleted;
    private long changed;
    private boolean stopped;

    /**
     * @param counts the deleted ones as "copied", the kept ones as "missing on the target"
     * @param kept ids that stay because the target lacks a revision of them
     * @param failed ids that could not be deleted
     */
    record Result(Counts counts, Set<String> kept, Set<String> failed, boolean stopped) {
        long deleted() {
            return counts.of(Outcome.COPIED);
        }
    }

    /**
     * @param expected documents, for progress
     * @param overtaken somebody else has begun to carry documents: nothing more may be deleted
     */
    SourceDeletion(
            DoctypeRun run, RemovalLog log, Clock clock, int perSecond, long expected, BooleanSupplier overtaken) {
        this.run = run;
        this.log = log;
        this.clock = clock;
        this.pace = new Pace(run.control(), perSecond, Time.SYSTEM);
        this.expected = expected;
        this.overtaken = overtaken;
        this.lacking = new Lacking(run.ends(), run.policy());
        this.began = clock.instant();
    }

    /** Again as long as documents change under its hands. */
    Result run() throws EndpointException, InterruptedException {
        for (int pass = 1; pass <= PASSES && !stopped; pass++) {
            changed = 0;
            kept.clear();
            pass();
            if (changed == 0) {
                break;
            }
        }
        tell();
        return new Result(counts(), Set.copyOf(kept), Set.copyOf(failed), stopped);
    }

    private void pass() throws EndpointException, InterruptedException {
        TypedIds ids = TypedIds.of(run.ends().source(), run.ends().migrator().docTypes(), patience);
        for (List<String> some = ids.next(); !some.isEmpty() && !stopped; some = ids.next()) {
            for (int from = 0; from < some.size() && !stopped; from += REQUEST) {
                delete(some.subList(from, Math.min(some.size(), from + REQUEST)));
                tell();
            }
        }
    }

    private void delete(List<String> ids) throws EndpointException, InterruptedException {
        List<Leaves> documents = patience.ask(() -> run.ends().source().leaves(ids)).stream()
                .filter(leaves -> !failed.contains(leaves.id()))
                .filter(leaves -> leaves.winner()
                        .filter(winner ->
                                !winner.deleted() && run.ends().migrator().moves(winner))
                        .isPresent())
                .toList();
        List<Leaves> safe = safe(documents);
        if (safe.isEmpty()) {
            return;
        }
        if (!pace.mayChange(safe.size()) || overtaken.getAsBoolean()) {
            stopped = true;
            return;
        }
        List<Document> losers = new ArrayList<>();
        List<Document> winners = new ArrayList<>();
        for (Leaves leaves : safe) {
            List<Document> live = Lacking.live(leaves);
            winners.add(live.get(0));
            losers.addAll(live.subList(1, live.size()));
            log.add(line(leaves.id(), live));
        }
        log.flush();
        Set<String> trouble = new HashSet<>();
        for (int from = 0; from < losers.size(); from += REQUEST) {
            trouble.addAll(send(losers.subList(from, Math.min(losers.size(), from + REQUEST))));
        }
        winners.removeIf(winner -> trouble.contains(winner.id()));
        Set<String> left = send(winners);
        deleted += winners.size() - left.size();
    }

    /** The documents whose live revisions the target has; the others are told. */
    private List<Leaves> safe(List<Leaves> documents) throws EndpointException, InterruptedException {
        Map<String, List<String>> missing = lacking.of(documents);
        List<Leaves> safe = new ArrayList<>();
        for (Leaves leaves : documents) {
            List<String> revs = missing.getOrDefault(leaves.id(), List.of());
            if (revs.isEmpty()) {
                safe.add(leaves);
            } else if (kept.add(leaves.id())) {
                run.output()
                        .finding(new DocumentFinding(
                                leaves.id(),
                                DocumentFinding.Sort.MISSING,
                                "stays in the source: the target lacks revision " + String.join(", ", revs)));
            }
        }
        return safe;
    }

    /** Deletes revisions; the ids of those that are still there. */
    private Set<String> send(List<Document> revisions) throws EndpointException, InterruptedException {
        Set<String> left = new HashSet<>();
        if (revisions.isEmpty()) {
            return left;
        }
        List<Document> tombstones = revisions.stream().map(Tombstones::of).toList();
        for (Failure failure : patience.ask(() -> run.ends().source().edit(tombstones))) {
            left.add(failure.id());
            if (failure.error().equals("conflict")) {
                // Written to meanwhile, or deleted by a request whose answer was lost: looked at again.
                changed++;
            } else {
                failed.add(failure.id());
                log.add(failureLine(failure));
                run.output()
                        .finding(new DocumentFinding(
                                failure.id(),
                                DocumentFinding.Sort.FAILED,
                                "cannot be deleted: " + failure.error() + " " + failure.reason()));
            }
        }
        return left;
    }

    private Map<String, @Nullable Object> line(String id, List<Document> live) {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("at", clock.instant().toString());
        line.put("id", id);
        line.put("doc_type", live.get(0).docType().orElse(""));
        line.put("rev", live.get(0).rev());
        if (live.size() > 1) {
            line.put("conflicts", live.stream().skip(1).map(Document::rev).toList());
        }
        return line;
    }

    private Map<String, @Nullable Object> failureLine(Failure failure) {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("at", clock.instant().toString());
        line.put("id", failure.id());
        line.put("rev", failure.rev());
        line.put("error", (failure.error() + " " + failure.reason()).strip());
        return line;
    }

    private Counts counts() {
        EnumMap<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
        outcomes.put(Outcome.COPIED, deleted);
        outcomes.put(Outcome.MISSING_ON_TARGET, (long) kept.size());
        outcomes.put(Outcome.FAILED, (long) failed.size());
        return new Counts(deleted + kept.size() + failed.size(), outcomes, 0, 0);
    }

    private void tell() {
        Duration elapsed = Duration.between(began, clock.instant());
        Counts counts = counts();
        run.output()
                .progress(
                        new ProgressSnapshot(
                                OptionalLong.of(Math.max(expected, counts.enumerated())),
                                counts,
                                counts,
                                elapsed,
                                0,
                                elapsed.toMillis() == 0 ? 0 : deleted * 1000.0 / elapsed.toMillis(),
                                0,
                                run.control()
                                        .pausedBy()
                                        .map(who -> "paused by " + who)
                                        .orElse("")),
                        Lag.UNKNOWN);
    }
}
