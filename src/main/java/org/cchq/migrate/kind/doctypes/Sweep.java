package org.cchq.migrate.kind.doctypes;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;

/**
 * Settles every document of the types, whatever the feed says: those that the source lists, and, where others have stored
 * in the target, those that the target lists.
 */
final class Sweep {
    private final DoctypeRun run;
    private final Calls calls;
    private final DocumentCopier.Care care;
    private final RunTally tally;
    private final FailedDocuments failed;
    private final SweepPosition position;
    private final DoctypeLease lease;

    Sweep(
            DoctypeRun run,
            Calls calls,
            DocumentCopier.Care care,
            RunTally tally,
            FailedDocuments failed,
            SweepPosition position,
            DoctypeLease lease) {
        this.run = run;
        this.calls = calls;
        this.care = care;
        this.tally = tally;
        this.failed = failed;
        this.position = position;
        this.lease = lease;
    }

    void run() throws EndpointException, UserException, InterruptedException, StoppedException {
        DocumentCopier copier = new DocumentCopier(run.ends(), Direction.FORWARD, run.policy(), calls, care);
        try (DocumentCrew crew = new DocumentCrew(copier, run, tally, failed)) {
            crew.submitAll(failed.ids(), settlement -> {});
            Enumeration source = Enumeration.of(run.ends().source(), run.ends().migrator(), calls);
            source.note().ifPresent(run.output()::notice);
            OptionalLong total = source.total();
            total.ifPresent(tally::total);
            for (IdPages pages : source.pages()) {
                settle("source: " + pages.name(), pages, crew);
            }
            if (care == DocumentCopier.Care.FILLED) {
                Enumeration target =
                        Enumeration.of(run.ends().target(), run.ends().migrator(), calls);
                for (IdPages pages : target.pages()) {
                    settle("target: " + pages.name(), pages, crew);
                }
            }
            crew.drain();
        } finally {
            position.write(tally);
        }
    }

    private void settle(String list, IdPages pages, DocumentCrew crew)
            throws EndpointException, UserException, InterruptedException, StoppedException {
        String after = position.after(list);
        while (!after.equals(SweepPosition.DONE)) {
            if (lease.lost()) {
                throw new UserException("another run has taken over migration "
                        + run.ends().migrator().slug() + "; this one stops");
            }
            calls.checkStopped();
            IdPages.Page page = pages.after(after);
            String next = page.end() ? SweepPosition.DONE : page.last();
            SweepPosition.Open open = position.begin(list, next);
            List<String> ids = page.ids();
            int at = 0;
            while (at < ids.size()) {
                int end = Math.min(ids.size(), at + crew.batchSize());
                position.batchBegins(open);
                crew.submit(new ArrayList<>(ids.subList(at, end)), settlement -> position.batchEnds(open, tally));
                at = end;
            }
            position.handedOut(open, tally);
            after = next;
        }
    }
}
