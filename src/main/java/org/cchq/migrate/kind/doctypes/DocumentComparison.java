package org.cchq.migrate.kind.doctypes;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.kind.doctypes.DocumentFinding.Sort;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.store.document.DocumentDatabase.Leaves;
import org.jspecify.annotations.Nullable;

/** Whether one document is on both sides the same: live leaves, bodies, attachments. */
record DocumentComparison(Migrator migrator, CopyPolicy policy) {
    /** Empty if they agree, or if the document is none of the migration's. */
    Optional<DocumentFinding> compare(Leaves source, Leaves target) {
        String id = source.id();
        Optional<Document> wanted =
                source.winner().filter(winner -> !winner.deleted()).filter(migrator::moves);
        Optional<Document> there = target.winner().filter(winner -> !winner.deleted());
        if (wanted.isEmpty()) {
            return there.filter(migrator::moves).flatMap(found -> unwanted(source, found));
        }
        if (there.isEmpty()) {
            return Optional.of(new DocumentFinding(
                    id,
                    target.winner().isEmpty() ? Sort.MISSING : Sort.STALE,
                    "the source has " + wanted.get().rev()
                            + target.winner()
                                    .map(dead -> ", the target the deletion " + dead.rev())
                                    .orElse("")));
        }
        if (!wanted.get().rev().equals(there.get().rev())) {
            return Optional.of(otherWinner(source, target, wanted.get(), there.get()));
        }
        return leaves(source, target).or(() -> content(wanted.get(), there.get()));
    }

    private Optional<DocumentFinding> unwanted(Leaves source, Document found) {
        String has = "the target has " + found.rev() + ", the source ";
        Optional<Document> winner = source.winner();
        if (winner.isEmpty()) {
            return Optional.of(new DocumentFinding(source.id(), Sort.EXTRA, has + "has never heard of it"));
        }
        if (winner.get().deleted()) {
            return Optional.of(new DocumentFinding(
                    source.id(),
                    Sort.REVIVED,
                    has + "the deletion " + winner.get().rev()));
        }
        return policy.retyped() == CopyPolicy.Retyped.KEEP
                ? Optional.empty()
                : Optional.of(new DocumentFinding(
                        source.id(),
                        Sort.RETYPED,
                        has + "has the type " + winner.get().docType().orElse("(none)")));
    }

    private static DocumentFinding otherWinner(Leaves source, Leaves target, Document wanted, Document there) {
        Set<String> history = history(source);
        String both = "the source has " + wanted.rev() + ", the target " + there.rev();
        if (history.contains(there.rev())) {
            return new DocumentFinding(source.id(), Sort.STALE, both);
        }
        String how = history(target).contains(wanted.rev()) ? ", which is newer" : "";
        return new DocumentFinding(source.id(), Sort.DIVERGED, both + how);
    }

    private Optional<DocumentFinding> leaves(Leaves source, Leaves target) {
        Set<String> expected = live(source);
        Set<String> found = live(target);
        if (policy.conflicts() == CopyPolicy.Conflicts.WINNER) {
            expected = Set.of(source.leaves().get(0).rev());
        }
        Set<String> more = new HashSet<>(found);
        more.removeAll(expected);
        Set<String> less = new HashSet<>(expected);
        less.removeAll(found);
        if (more.isEmpty() && less.isEmpty()) {
            return Optional.empty();
        }
        List<String> what = new ArrayList<>();
        if (!more.isEmpty()) {
            what.add("the target has beside the winner " + more);
        }
        if (!less.isEmpty()) {
            what.add("the target lacks " + less);
        }
        return Optional.of(new DocumentFinding(source.id(), Sort.CONFLICTED, String.join("; ", what)));
    }

    private static Optional<DocumentFinding> content(Document one, Document other) {
        Map<?, ?> attachments = attachments(one);
        Map<?, ?> others = attachments(other);
        if (!attachments.keySet().equals(others.keySet())) {
            return Optional.of(new DocumentFinding(
                    one.id(),
                    Sort.DIFFERENT,
                    "attachments " + attachments.keySet() + " in the source, " + others.keySet() + " in the target"));
        }
        for (Map.Entry<?, ?> entry : attachments.entrySet()) {
            if (!(entry.getValue() instanceof Map<?, ?> stub)
                    || !(others.get(entry.getKey()) instanceof Map<?, ?> there)
                    || !same(stub.get("length"), there.get("length"))
                    || !same(stub.get("digest"), there.get("digest"))) {
                return Optional.of(new DocumentFinding(
                        one.id(), Sort.DIFFERENT, "attachment '" + entry.getKey() + "' has another length or digest"));
            }
        }
        return sameBody(one.fields(), other.fields())
                ? Optional.empty()
                : Optional.of(
                        new DocumentFinding(one.id(), Sort.DIFFERENT, "another body under revision " + one.rev()));
    }

    private static boolean sameBody(Map<String, @Nullable Object> one, Map<String, @Nullable Object> other) {
        Set<String> keys = new HashSet<>(one.keySet());
        keys.addAll(other.keySet());
        keys.removeIf(key -> key.startsWith("_"));
        return keys.stream()
                .allMatch(key -> one.containsKey(key) && other.containsKey(key) && same(one.get(key), other.get(key)));
    }

    /** Numbers by value: servers write 1.0 as 1, or not. */
    private static boolean same(@Nullable Object one, @Nullable Object other) {
        if (one instanceof Number a && other instanceof Number b) {
            return a.equals(b) || Double.compare(a.doubleValue(), b.doubleValue()) == 0;
        } else if (one instanceof Map<?, ?> a && other instanceof Map<?, ?> b) {
            return a.keySet().equals(b.keySet()) && a.keySet().stream().allMatch(key -> same(a.get(key), b.get(key)));
        } else if (one instanceof List<?> a && other instanceof List<?> b) {
            if (a.size() != b.size()) {
                return false;
            }
            for (int index = 0; index < a.size(); index++) {
                if (!same(a.get(index), b.get(index))) {
                    return false;
                }
            }
            return true;
        }
        return Objects.equals(one, other);
    }

    private static Set<String> live(Leaves document) {
        Set<String> live = new HashSet<>();
        document.leaves().stream().filter(leaf -> !leaf.deleted()).forEach(leaf -> live.add(leaf.rev()));
        return live;
    }

    private static Set<String> history(Leaves document) {
        Set<String> history = new HashSet<>();
        document.leaves().forEach(leaf -> history.addAll(Revisions.path(leaf)));
        return history;
    }

    private static Map<?, ?> attachments(Document document) {
        return document.fields().get("_attachments") instanceof Map<?, ?> attachments ? attachments : Map.of();
    }
}
