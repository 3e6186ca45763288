package org.cchq.migrate.kind.doctypes;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.Outcome;
import org.cchq.migrate.store.document.DocumentDatabase.Leaves;
import org.cchq.migrate.store.document.DocumentDatabase.Sequence;
import org.cchq.migrate.store.document.DocumentDatabase.Standing;

/**
 * Compares both databases, document by document, without trust in any checkpoint. What differs is looked at again, for
 * a while, before it is reported: changes may just be on their way.
 */
public final class DoctypeVerification {
    /**
     * @param documents compared
     * @param findings by sort; none if the databases agree
     * @param at place in the source's feed when the comparison began
     */
    public record Result(
            long documents, Map<DocumentFinding.Sort, Long> findings, Sequence at, Optional<String> stoppedBy) {
        public Result {
            findings = Map.copyOf(findings);
        }

        /** As a run is counted: equal documents are "already there". */
        public Counts counts() {
            Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
            long equal = documents;
            for (Map.Entry<DocumentFinding.Sort, Long> found : findings.entrySet()) {
                outcomes.merge(outcome(found.getKey()), found.getValue(), Long::sum);
                equal -= ofSource(found.getKey()) ? found.getValue() : 0;
            }
            outcomes.put(Outcome.ALREADY_THERE, Math.max(0, equal));
            return new Counts(
                    outcomes.values().stream().mapToLong(Long::longValue).sum(), outcomes, 0, 0);
        }

        private static Outcome outcome(DocumentFinding.Sort sort) {
            return switch (sort) {
                case MISSING -> Outcome.MISSING_ON_TARGET;
                case FAILED -> Outcome.FAILED;
                case DIVERGED, EXTRA, STALE, REVIVED, CONFLICTED, DIFFERENT, RETYPED -> Outcome.DIFFERS;
            };
        }

        /** Those that live in the source with a type of the migration: only they are among the documents compared. */
        private static boolean ofSource(DocumentFinding.Sort sort) {
            return switch (sort) {
                case EXTRA, REVIVED, RETYPED -> false;
                case MISSING, FAILED, DIVERGED, STALE, CONFLICTED, DIFFERENT -> true;
            };
        }

        public boolean clean() {
            return findings.isEmpty() && stoppedBy.isEmpty();
        }

        public ExitCode exitCode() {
            if (stoppedBy.isPresent()) {
                return ExitCode.STOPPED;
            }
            return findings.isEmpty() ? ExitCode.SUCCESS : ExitCode.DIFFERENCES;
        }
    }

    private static final int FIRST_BATCH = 32;
    private static final long READ_AT_ONCE = 2L << 20;
    private static final int MOST_SUSPECTS = 100_000;
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private final DoctypeRun run;
    private final Duration settling;

    /** @param settling how long a difference may take to vanish */
    public DoctypeVerification(DoctypeRun run, Duration settling) {
        this.run = run.withOutput(new OneAtATime(run.output()));
        this.settling = settling;
    }

    /** Findings go to the output, one by one, at the end. */
    public Result run() throws UserException, EndpointException, InterruptedException {
        Calls calls = new Calls(run.policy().retry(), run.control());
        DoctypeEnds ends = run.ends();
        RunTally tally = new RunTally(Counts.NONE);
        Sequence at = Sequence.ZERO;
        try (Ticker ticker = new Ticker(() -> run.output().progress(tally.snapshot(calls.waiting()), Lag.UNKNOWN))) {
            at = calls.ask(() -> ends.source().info()).updateSequence();
            Set<String> suspects = new LinkedHashSet<>();
            long documents = 0;
            Enumeration source = Enumeration.of(ends.source(), ends.migrator(), calls);
            source.note().ifPresent(run.output()::notice);
            source.total().ifPresent(tally::total);
            for (IdPages pages : source.pages()) {
                documents += compare(pages, calls, tally, suspects);
            }
            // Those that only the target has; documents of both sides are compared twice, where they differ.
            for (IdPages pages :
                    Enumeration.of(ends.target(), ends.migrator(), calls).pages()) {
                onlyThere(pages, calls, suspects);
            }
            List<DocumentFinding> findings = lookAgain(suspects, calls);
            Map<DocumentFinding.Sort, Long> counts = new EnumMap<>(DocumentFinding.Sort.class);
            for (DocumentFinding finding : findings) {
                counts.merge(finding.sort(), 1L, Long::sum);
                run.output().finding(finding);
            }
            return new Result(documents, counts, at, Optional.empty());
        } catch (StoppedException e) {
            return new Result(
                    tally.counts().enumerated(), Map.of(), at, run.control().cancelledBy());
        }
    }

    private long compare(IdPages pages, Calls calls, RunTally tally, Set<String> suspects)
            throws UserException, EndpointException, InterruptedException, StoppedException {
        long documents = 0;
        IdPages.Page page;
        String after = "";
        int size = FIRST_BATCH;
        do {
            page = pages.after(after);
            after = page.last();
            List<String> ids = page.ids();
            for (int from = 0; from < ids.size(); ) {
                calls.checkStopped();
                List<String> batch = ids.subList(from, Math.min(ids.size(), from + size));
                from += batch.size();
                Differences found = differences(batch, calls);
                found.findings().forEach(finding -> suspects.add(finding.id()));
                Settlement equal = new Settlement();
                for (long i = found.findings().size(); i < found.ours(); i++) {
                    equal.add(Outcome.ALREADY_THERE);
                }
                size = (int) Math.max(
                        1,
                        Math.min(
                                run.policy().batchDocuments(),
                                READ_AT_ONCE * batch.size() / Math.max(1, found.bytes())));
                documents += found.ours();
                tally.begun();
                tally.ended(batch.size(), equal);
            }
            checkNotTooMany(suspects);
        } while (!page.end());
        return documents;
    }

    private void onlyThere(IdPages pages, Calls calls, Set<String> suspects)
            throws UserException, EndpointException, InterruptedException, StoppedException {
        IdPages.Page page;
        String after = "";
        do {
            calls.checkStopped();
            page = pages.after(after);
            after = page.last();
            List<String> ids = page.ids();
            if (!ids.isEmpty()) {
                Map<String, Optional<String>> there = new HashMap<>();
                for (Standing standing : calls.ask(() -> run.ends().target().standings(ids))) {
                    there.put(standing.id(), standing.rev());
                }
                for (Standing standing : calls.ask(() -> run.ends().source().standings(ids))) {
                    if (!standing.live() || !standing.rev().equals(there.get(standing.id()))) {
                        suspects.add(standing.id());
                    }
                }
            }
            checkNotTooMany(suspects);
        } while (!page.end());
    }

    private record Differences(List<DocumentFinding> findings, long bytes, long ours) {}

    private Differences differences(List<String> ids, Calls calls)
            throws EndpointException, InterruptedException, StoppedException {
        DocumentComparison comparison = new DocumentComparison(run.ends().migrator(), run.policy());
        Map<String, Leaves> target = new HashMap<>();
        calls.ask(() -> run.ends().target().leaves(ids)).forEach(leaves -> target.put(leaves.id(), leaves));
        List<DocumentFinding> findings = new ArrayList<>();
        long bytes = 0;
        long ours = 0;
        for (Leaves source : calls.ask(() -> run.ends().source().leaves(ids))) {
            Leaves there = target.getOrDefault(source.id(), new Leaves(source.id(), List.of()));
            comparison.compare(source, there).ifPresent(findings::add);
            bytes += source.leaves().stream()
                    .mapToLong(leaf -> DocumentSize.of(leaf.fields()))
                    .sum();
            ours += source.winner()
                            .filter(winner ->
                                    !winner.deleted() && run.ends().migrator().moves(winner))
                            .isPresent()
                    ? 1
                    : 0;
        }
        return new Differences(findings, bytes, ours);
    }

    /** Until nothing differs any more, or it has had its time. */
    private List<DocumentFinding> lookAgain(Set<String> suspects, Calls calls)
            throws EndpointException, InterruptedException, StoppedException {
        long began = System.nanoTime();
        List<String> ids = List.copyOf(suspects);
        List<DocumentFinding> findings = List.of();
        while (!ids.isEmpty()) {
            findings = new ArrayList<>();
            for (int from = 0; from < ids.size(); from += FIRST_BATCH) {
                findings.addAll(differences(ids.subList(from, Math.min(ids.size(), from + FIRST_BATCH)), calls)
                        .findings());
            }
            ids = findings.stream().map(DocumentFinding::id).toList();
            if (ids.isEmpty() || System.nanoTime() - began > settling.toNanos()) {
                break;
            }
            calls.pause(BETWEEN_LOOKS);
        }
        return findings;
    }

    private void checkNotTooMany(Set<String> suspects) throws UserException {
        if (suspects.size() > MOST_SUSPECTS) {
            throw new UserException("more than " + MOST_SUSPECTS + " documents differ, the first of them '"
                    + suspects.iterator().next() + "': " + run.ends().target().endpoint()
                    + " is no copy; is the first copy complete?");
        }
    }
}
