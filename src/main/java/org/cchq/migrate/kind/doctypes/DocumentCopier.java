package org.cchq.migrate.kind.doctypes;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.migration.Outcome;
import org.cchq.migrate.store.document.DocumentDatabase;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.store.document.DocumentDatabase.Failure;
import org.cchq.migrate.store.document.DocumentDatabase.Leaves;
import org.cchq.migrate.store.document.DocumentDatabase.Missing;
import org.cchq.migrate.store.document.DocumentDatabase.Standing;

/**
 * Makes documents in one database what they are in the other, whatever has happened to them: the one core of all phases.
 * Looks at the newest state of both sides, so that it may be repeated at will. Thread-safe for different documents.
 */
final class DocumentCopier {
    /** What the target may hold already. */
    enum Care {
        /** It was empty before the first copy began, which is going on for the first time: nothing is asked of it. */
        EMPTY,
        /** It holds what this program has stored, with histories. */
        OWN,
        /** Others have stored in it. */
        FILLED
    }

    private final Migrator migrator;
    private final Direction direction;
    private final DocumentDatabase from;
    private final DocumentDatabase to;
    private final CopyPolicy policy;
    private final Calls calls;
    private final Care care;

    DocumentCopier(DoctypeEnds ends, Direction direction, CopyPolicy policy, Calls calls, Care care) {
        this.migrator = ends.migrator();
        this.direction = direction;
        this.from = direction == Direction.FORWARD ? ends.source() : ends.target();
        this.to = direction == Direction.FORWARD ? ends.target() : ends.source();
        this.policy = policy;
        this.calls = calls;
        this.care = care;
    }

    /** Each id once; every one of them is accounted for in the answer unless it concerns no type of the migration. */
    Settlement settle(List<String> ids) throws EndpointException, InterruptedException, StoppedException {
        Settlement settlement = new Settlement();
        if (ids.isEmpty()) {
            return settlement;
        }
        Map<String, Leaves> leaves = byId(calls.ask(() -> from.leaves(ids)));
        Map<String, Standing> there = standings(ids);
        List<Leaves> wanted = new ArrayList<>();
        List<Leaves> unwanted = new ArrayList<>();
        for (String id : ids) {
            Leaves document = leaves.getOrDefault(id, new Leaves(id, List.of()));
            settlement.read(size(document));
            Optional<Document> winner = document.winner();
            Standing standing = there.get(id);
            if (winner.isPresent() && !winner.get().deleted() && migrator.moves(winner.get())) {
                wanted.add(document);
            } else if (standing != null && standing.live()) {
                unwanted.add(document);
            }
        }
        copy(wanted, there, settlement);
        remove(unwanted, settlement);
        return settlement;
    }

    private Map<String, Standing> standings(List<String> ids)
            throws EndpointException, InterruptedException, StoppedException {
        if (care == Care.EMPTY) {
            return Map.of();
        }
        return calls.ask(() -> to.standings(ids)).stream()
                .collect(Collectors.toMap(Standing::id, standing -> standing, (one, same) -> one));
    }

    private void copy(List<Leaves> wanted, Map<String, Standing> there, Settlement settlement)
            throws EndpointException, InterruptedException, StoppedException {
        Map<String, List<String>> known = new LinkedHashMap<>();
        for (Leaves document : wanted) {
            Standing standing = there.get(document.id());
            if (standing != null && standing.rev().isPresent()) {
                known.put(
                        document.id(),
                        chosen(document).stream().map(Document::rev).toList());
            }
        }
        Map<String, Missing> missing = known.isEmpty() ? Map.of() : calls.ask(() -> to.missing(known));
        List<String> looked = known.keySet().stream()
                .filter(id -> care == Care.FILLED || missing.containsKey(id))
                .toList();
        Map<String, Leaves> targets = looked.isEmpty() ? Map.of() : byId(calls.ask(() -> to.leaves(looked)));
        DocumentPush push = new DocumentPush(from, to, policy, calls);
        Map<String, DocumentPlan> plans = new LinkedHashMap<>();
        List<Document> stale = new ArrayList<>();
        for (Leaves document : wanted) {
            Leaves target = targets.get(document.id());
            if (target != null) {
                DocumentPlan plan = DocumentPlan.of(chosen(document), document.leaves(), target.leaves());
                plans.put(document.id(), plan);
                plan.stale().forEach(rev -> stale.add(Revisions.tombstone(document.id(), rev)));
            }
        }
        bury(stale, settlement);
        Set<String> pushed = new HashSet<>();
        for (Leaves document : wanted) {
            DocumentPlan plan = plans.get(document.id());
            boolean isThere = known.containsKey(document.id()) && plan == null;
            List<Document> pushes = isThere ? List.of() : plan == null ? chosen(document) : plan.pushes();
            for (Document leaf : pushes) {
                push.add(leaf);
                pushed.add(document.id());
            }
        }
        push.flush();
        settlement.copiedBytes(push.bytes());
        Set<String> changed = new LinkedHashSet<>(pushed);
        stale.forEach(document -> changed.add(document.id()));
        Map<String, String> wrong = care == Care.EMPTY ? Map.of() : wrongWinners(wanted, changed, push, settlement);
        for (Leaves document : wanted) {
            String id = document.id();
            DocumentPlan plan = plans.get(id);
            String failure = push.failures().getOrDefault(id, wrong.get(id));
            if (failure != null) {
                settlement.failed(id, failure);
            } else if (plan != null && !plan.strange().isEmpty() && pushed.contains(id)) {
                settlement.add(Outcome.DIFFERS);
                settlement.found(
                        id,
                        DocumentFinding.Sort.DIVERGED,
                        "both sides were written to: " + to.endpoint() + " has " + plan.strange()
                                + ", which is left as it is; "
                                + chosen(document).get(0).rev() + " now stands beside it");
            } else {
                settlement.add(changed.contains(id) ? Outcome.COPIED : Outcome.ALREADY_THERE);
            }
        }
    }

    /** The leaves that are to be copied. */
    private List<Document> chosen(Leaves document) {
        return policy.conflicts() == CopyPolicy.Conflicts.WINNER
                ? document.leaves().subList(0, 1)
                : document.leaves();
    }

    /**
     * Looks whether the other database shows what was stored. A stale revision that only shows now, because a document was
     * streamed whole, is deleted.
     */
    private Map<String, String> wrongWinners(
            List<Leaves> wanted, Set<String> changed, DocumentPush push, Settlement settlement)
            throws EndpointException, InterruptedException, StoppedException {
        Map<String, Leaves> expected = new LinkedHashMap<>();
        for (Leaves document : wanted) {
            if (changed.contains(document.id()) && !push.failures().containsKey(document.id())) {
                expected.put(document.id(), document);
            }
        }
        Map<String, Leaves> odd = odd(expected);
        List<Document> stale = new ArrayList<>();
        for (Leaves now : odd.values()) {
            Leaves document = expected.get(now.id());
            if (document != null) {
                DocumentPlan.of(chosen(document), document.leaves(), now.leaves())
                        .stale()
                        .forEach(rev -> stale.add(Revisions.tombstone(now.id(), rev)));
            }
        }
        if (!stale.isEmpty()) {
            bury(stale, settlement);
            odd = odd(expected);
        }
        Map<String, String> wrong = new LinkedHashMap<>();
        for (Leaves now : odd.values()) {
            Leaves document = expected.get(now.id());
            if (document == null) {
                continue;
            }
            DocumentPlan plan = DocumentPlan.of(chosen(document), document.leaves(), now.leaves());
            if (!plan.pushes().isEmpty()) {
                wrong.put(
                        now.id(),
                        to.endpoint() + " took " + plan.pushes().get(0).rev() + " but does not have it");
            }
        }
        return wrong;
    }

    /** Those whose winner in the other database is another one, with what is there. */
    private Map<String, Leaves> odd(Map<String, Leaves> expected)
            throws EndpointException, InterruptedException, StoppedException {
        if (expected.isEmpty()) {
            return Map.of();
        }
        List<String> ids = List.copyOf(expected.keySet());
        List<String> odd = new ArrayList<>();
        for (Standing standing : calls.ask(() -> to.standings(ids))) {
            Leaves document = expected.get(standing.id());
            if (document != null && !standing.rev().equals(document.winner().map(Document::rev))) {
                odd.add(standing.id());
            }
        }
        return odd.isEmpty() ? Map.of() : byId(calls.ask(() -> to.leaves(odd)));
    }

    /** Documents that are deleted, of another type or unknown on this side, and alive on the other. */
    private void remove(List<Leaves> unwanted, Settlement settlement)
            throws EndpointException, InterruptedException, StoppedException {
        List<String> ids = unwanted.stream().map(Leaves::id).toList();
        if (ids.isEmpty()) {
            return;
        }
        Map<String, Leaves> targets = byId(calls.ask(() -> to.leaves(ids)));
        DocumentPush push = new DocumentPush(from, to, policy, calls);
        List<Document> stale = new ArrayList<>();
        List<Leaves> doomed = new ArrayList<>();
        List<Document> tombstones = new ArrayList<>();
        for (Leaves document : unwanted) {
            Optional<Leaves> target = Optional.ofNullable(targets.get(document.id()));
            if (target.flatMap(Leaves::winner).filter(migrator::moves).isEmpty()) {
                // Another document of that name, none of the migration's.
                continue;
            }
            Optional<Document> winner = document.winner();
            if (winner.isEmpty()) {
                settlement.add(Outcome.ONLY_ON_TARGET);
                settlement.found(
                        document.id(),
                        DocumentFinding.Sort.EXTRA,
                        "only " + to.endpoint() + " knows it; left as it is");
            } else if (winner.get().deleted()) {
                DocumentPlan plan = DocumentPlan.of(
                        document.leaves(), document.leaves(), target.get().leaves());
                plan.stale().forEach(rev -> stale.add(Revisions.tombstone(document.id(), rev)));
                tombstones.addAll(plan.pushes());
                doomed.add(document);
            } else if (policy.retyped() == CopyPolicy.Retyped.KEEP || direction == Direction.REVERSE) {
                settlement.add(Outcome.ALREADY_THERE);
                settlement.found(
                        document.id(),
                        DocumentFinding.Sort.RETYPED,
                        "is now of type " + winner.get().docType().orElse("(none)") + "; the copy in " + to.endpoint()
                                + " was kept");
            } else {
                doomed.add(document);
            }
        }
        bury(stale, settlement);
        for (Document tombstone : tombstones) {
            push.add(tombstone);
        }
        push.flush();
        buryTheRest(doomed, push, settlement);
    }

    /** After the tombstones of the source: whatever is still alive, if the source knows it. */
    private void buryTheRest(List<Leaves> doomed, DocumentPush push, Settlement settlement)
            throws EndpointException, InterruptedException, StoppedException {
        Map<String, List<String>> strange = new LinkedHashMap<>();
        List<Document> graves = new ArrayList<>();
        Map<String, Leaves> alive = alive(doomed);
        Map<String, List<String>> doubtful = new LinkedHashMap<>();
        for (Leaves document : doomed) {
            Leaves now = alive.get(document.id());
            if (now == null) {
                continue;
            }
            Set<String> history = new HashSet<>();
            document.leaves().forEach(leaf -> history.addAll(Revisions.path(leaf)));
            for (Document leaf : now.leaves()) {
                if (!leaf.deleted() && history.contains(leaf.rev())) {
                    graves.add(Revisions.tombstone(leaf.id(), leaf.rev()));
                } else if (!leaf.deleted()) {
                    doubtful.computeIfAbsent(leaf.id(), id -> new ArrayList<>()).add(leaf.rev());
                }
            }
        }
        Map<String, Missing> unknown = doubtful.isEmpty() ? Map.of() : calls.ask(() -> from.missing(doubtful));
        doubtful.forEach((id, revs) -> {
            Set<String> never = unknown.containsKey(id)
                    ? Set.copyOf(unknown.getOrDefault(id, new Missing(List.of(), List.of()))
                            .missing())
                    : Set.of();
            for (String rev : revs) {
                if (never.contains(rev)) {
                    strange.computeIfAbsent(id, key -> new ArrayList<>()).add(rev);
                } else {
                    graves.add(Revisions.tombstone(id, rev));
                }
            }
        });
        bury(graves, settlement);
        Map<String, Leaves> still = graves.isEmpty() ? alive : alive(doomed);
        for (Leaves document : doomed) {
            String id = document.id();
            if (push.failures().containsKey(id)) {
                settlement.failed(id, "its deletion: " + push.failures().get(id));
            } else if (strange.containsKey(id)) {
                settlement.add(Outcome.DIFFERS);
                settlement.found(
                        id,
                        DocumentFinding.Sort.DIVERGED,
                        "is deleted or of another type in " + from.endpoint() + ", but " + to.endpoint() + " has "
                                + strange.get(id) + ", which is left as it is");
            } else if (still.containsKey(id)) {
                settlement.failed(id, "is deleted, but still alive in " + to.endpoint());
            } else {
                settlement.add(Outcome.NOT_REFERENCED);
            }
        }
    }

    private Map<String, Leaves> alive(List<Leaves> doomed)
            throws EndpointException, InterruptedException, StoppedException {
        List<String> ids = doomed.stream().map(Leaves::id).toList();
        if (ids.isEmpty()) {
            return Map.of();
        }
        List<String> alive = calls.ask(() -> to.standings(ids)).stream()
                .filter(Standing::live)
                .map(Standing::id)
                .toList();
        return alive.isEmpty() ? Map.of() : byId(calls.ask(() -> to.leaves(alive)));
    }

    /** Ordinary deletions of single leaves; one that somebody else has changed meanwhile is found by the check after it. */
    private void bury(List<Document> graves, Settlement settlement)
            throws EndpointException, InterruptedException, StoppedException {
        if (graves.isEmpty()) {
            return;
        }
        for (Failure failure : calls.ask(() -> to.edit(graves))) {
            if (!failure.error().equals("conflict")) {
                settlement.failed(
                        failure.id(),
                        "an old revision could not be deleted: " + failure.error() + ": " + failure.reason());
            }
        }
    }

    private static long size(Leaves document) {
        return document.leaves().stream()
                .mapToLong(leaf -> DocumentSize.of(leaf.fields()))
                .sum();
    }

    private static Map<String, Leaves> byId(List<Leaves> leaves) {
        return leaves.stream().collect(Collectors.toMap(Leaves::id, one -> one, (one, same) -> one));
    }
}
