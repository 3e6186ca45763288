package org.cchq.migrate.kind.doctypes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointPatience;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.store.document.DocumentDatabase.Leaves;
import org.cchq.migrate.store.document.DocumentDatabase.Missing;

/**
 * Which documents' live revisions in the source the target has never had: neither them nor descendants of them. They would be
 * lost with the source. A target that has gone on from them, or has deleted the document since, lacks nothing.
 */
final class Lacking {
    private static final int REQUEST = 100;

    private final DoctypeEnds ends;
    private final CopyPolicy.Conflicts conflicts;
    private final EndpointPatience patience = new EndpointPatience(Sleeper.SYSTEM);

    Lacking(DoctypeEnds ends, CopyPolicy policy) {
        this.ends = ends;
        this.conflicts = policy.conflicts();
    }

    /** By id, for a request's worth of documents of the source: the revisions that are lacking. Others are left out. */
    Map<String, List<String>> of(List<Leaves> documents) throws EndpointException, InterruptedException {
        Map<String, List<String>> needed = new LinkedHashMap<>();
        for (Leaves leaves : documents) {
            List<Document> live = live(leaves);
            if (!live.isEmpty()) {
                List<Document> copied = conflicts == CopyPolicy.Conflicts.WINNER ? live.subList(0, 1) : live;
                needed.put(leaves.id(), copied.stream().map(Document::rev).toList());
            }
        }
        Map<String, List<String>> lacking = new LinkedHashMap<>();
        if (!needed.isEmpty()) {
            for (Map.Entry<String, Missing> entry :
                    patience.ask(() -> ends.target().missing(needed)).entrySet()) {
                if (!entry.getValue().missing().isEmpty()) {
                    lacking.put(entry.getKey(), entry.getValue().missing());
                }
            }
        }
        return lacking;
    }

    static List<Document> live(Leaves leaves) {
        return leaves.leaves().stream().filter(leaf -> !leaf.deleted()).toList();
    }

    /** How many of these documents of the types lack something. */
    long count(List<String> ids) throws EndpointException, InterruptedException {
        long count = 0;
        for (int from = 0; from < ids.size(); from += REQUEST) {
            List<String> some = ids.subList(from, Math.min(ids.size(), from + REQUEST));
            List<Leaves> documents = new ArrayList<>();
            for (Leaves leaves : patience.ask(() -> ends.source().leaves(some))) {
                if (leaves.winner()
                        .filter(winner -> !winner.deleted() && ends.migrator().moves(winner))
                        .isPresent()) {
                    documents.add(leaves);
                }
            }
            count += of(documents).size();
        }
        return count;
    }
}
