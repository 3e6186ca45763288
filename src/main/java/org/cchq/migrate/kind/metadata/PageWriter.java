package org.cchq.migrate.kind.metadata;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;

/** Writes what pages come to, and tells of it once it is written. Thread-safe. */
final class PageWriter {
    private static final int BATCH = 500;

    private final MetadataTable table;
    private final PartLog log;
    private final PartTally tally;
    private final RefusedDocuments refused;

    PageWriter(MetadataTable table, PartLog log, PartTally tally, RefusedDocuments refused) {
        this.table = table;
        this.log = log;
        this.tally = tally;
        this.refused = refused;
    }

    /** Idempotent; how many rows were inserted. */
    long write(PageRows page) throws EndpointException, InterruptedException {
        long inserted = table.insert(page.rows());
        tell(page);
        tally.add(page, inserted);
        return inserted;
    }

    /**
     * Documents that have changed since they were read first: rows that this migration has made of entries that they do not
     * have any more go, as long as nobody has changed them.
     *
     * @param deleted ids of documents that are gone
     */
    void writeAgain(PageRows page, Set<String> deleted) throws EndpointException, InterruptedException {
        Set<String> parents = new HashSet<>(deleted);
        parents.addAll(page.understood());
        long removed = table.removeVanished(parents, page.named());
        long inserted = table.insert(page.rows());
        tell(page);
        refused.remove(parents);
        tally.addAgain(page, inserted, removed);
    }

    /** Documents that were refused before. */
    void tryAgain(MetadataPart part) throws EndpointException, InterruptedException {
        List<String> ids = refused.ids();
        for (int from = 0; from < ids.size(); from += BATCH) {
            List<String> batch = ids.subList(from, Math.min(from + BATCH, ids.size()));
            PageRows page = part.some(batch);
            long inserted = table.insert(page.rows());
            Set<String> settled = new HashSet<>(batch);
            page.refused().forEach(settled::remove);
            refused.remove(settled);
            tally.addAgain(page, inserted, 0);
            tell(page);
        }
    }

    private void tell(PageRows page) throws EndpointException {
        refused.add(page.refused());
        try {
            log.remarks(page.remarks());
        } catch (UserException e) {
            throw new EndpointException("the log", EndpointException.Kind.UNUSABLE, String.valueOf(e.getMessage()), e);
        }
    }
}
