package org.cchq.migrate.kind.doctypes;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.store.document.DocumentDatabase.Document;

/**
 * What makes one document in the target what it is in the source, whoever has filled the target.
 *
 * <p>HQ's {@code --initial} and {@code --continuous} store revisions without their history. Rev 4 then stands beside rev 3
 * as an unrelated root, and a history 1 to 5 that is stored later grows on one of them only: the other stays alive, and
 * comes back when the document is deleted. The cure: older revisions that still live in the target are deleted, and the
 * new history begins at the newest ancestor that the target has.
 *
 * @param stale live revisions of the target that are ancestors of the source's, to be deleted before the rest
 * @param pushes revisions to be stored with their history
 * @param strange live revisions of the target that are in no history of the source
 */
record DocumentPlan(List<String> stale, List<Document> pushes, List<String> strange) {
    DocumentPlan {
        stale = List.copyOf(stale);
        pushes = List.copyOf(pushes);
        strange = List.copyOf(strange);
    }

    /**
     * @param wanted leaves of the source that the target should have
     * @param source all leaves of the source
     * @param target all leaves of the target
     */
    static DocumentPlan of(List<Document> wanted, List<Document> source, List<Document> target) {
        Set<String> known = new HashSet<>();
        Set<String> roots = new HashSet<>();
        for (Document leaf : target) {
            List<String> path = Revisions.path(leaf);
            known.addAll(path);
            roots.add(path.get(path.size() - 1));
        }
        Set<String> leavesOfSource = new HashSet<>();
        Set<String> history = new HashSet<>();
        for (Document leaf : source) {
            leavesOfSource.add(leaf.rev());
            history.addAll(Revisions.path(leaf));
        }
        Set<String> behind = new LinkedHashSet<>();
        List<String> strange = new ArrayList<>();
        for (Document leaf : target) {
            if (!leaf.deleted() && !leavesOfSource.contains(leaf.rev())) {
                if (history.contains(leaf.rev())) {
                    behind.add(leaf.rev());
                } else {
                    strange.add(leaf.rev());
                }
            }
        }
        List<Document> pushes = new ArrayList<>();
        Set<String> grownOn = new HashSet<>();
        for (Document leaf : wanted) {
            if (!known.contains(leaf.rev())) {
                Optional<String> ancestor = ancestor(leaf, behind, known);
                ancestor.ifPresent(grownOn::add);
                pushes.add(ancestor.isPresent() && roots.size() > 1 ? Revisions.cutAt(leaf, ancestor.get()) : leaf);
            }
        }
        List<String> stale =
                behind.stream().filter(rev -> !grownOn.contains(rev)).toList();
        return new DocumentPlan(stale, pushes, strange);
    }

    /** The newest ancestor in the target: a live leaf if there is one, else any. */
    private static Optional<String> ancestor(Document leaf, Set<String> live, Set<String> known) {
        List<String> path = Revisions.path(leaf);
        Optional<String> leafThere =
                path.stream().filter(live::contains).max(Comparator.comparingLong(Revisions::generation));
        return leafThere.isPresent()
                ? leafThere
                : path.stream().filter(known::contains).max(Comparator.comparingLong(Revisions::generation));
    }
}
