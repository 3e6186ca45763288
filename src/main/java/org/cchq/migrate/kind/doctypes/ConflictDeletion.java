package org.cchq.migrate.kind.doctypes;

import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointPatience;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.RunControl;
import org.cchq.migrate.engine.Time;
import org.cchq.migrate.store.document.DocumentDatabase;
import org.cchq.migrate.store.document.DocumentDatabase.Change;
import org.cchq.migrate.store.document.DocumentDatabase.Changes;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.store.document.DocumentDatabase.Failure;
import org.cchq.migrate.store.document.DocumentDatabase.Leaves;
import org.cchq.migrate.store.document.DocumentDatabase.Sequence;
import org.cchq.migrate.store.document.DocumentDatabase.ViewPage;
import org.cchq.migrate.store.document.DocumentDatabase.ViewRow;
import org.jspecify.annotations.Nullable;

/**
 * {@code delete_doc_conflicts}: deletes the live revisions of a database that lost against another one of their document.
 * Found by HQ's view {@code doc_conflicts/conflicts}, else by the feed of changes. Each is written to a file first. A
 * revision that cannot be deleted is told and passed over; HQ's command would try for ever.
 */
public final class ConflictDeletion {
    private static final String DESIGN = "doc_conflicts";
    private static final String VIEW = "conflicts";
    private static final int REQUEST = 100;
    private static final int FEED_PAGE = 5000;

    private final DocumentDatabase database;
    private final Path directory;
    private final Clock clock;
    private final Pace pace;
    private final Consumer<String> lines;
    private final EndpointPatience patience = new EndpointPatience(Sleeper.SYSTEM);
    private final List<Failure> failures = new ArrayList<>();
    private long processed;
    private long deleted;
    private long changed;
    private boolean stopped;

    /**
     * What was done.
     *
     * @param documents that were looked at
     * @param deleted revisions
     * @param changed revisions that somebody else has deleted or changed meanwhile: no trouble
     * @param failures what could not be deleted
     * @param exit status of the process
     */
    public record Result(long documents, long deleted, long changed, List<Failure> failures, ExitCode exit) {
        public Result {
            failures = List.copyOf(failures);
        }
    }

    /**
     * @param directory where the deleted revisions are written to
     * @param perSecond documents a second, 0: as fast as the server takes them
     */
    public ConflictDeletion(
            DocumentDatabase database,
            Path directory,
            Clock clock,
            RunControl control,
            int perSecond,
            Consumer<String> lines) {
        this.database = database;
        this.directory = directory;
        this.clock = clock;
        this.pace = new Pace(control, perSecond, Time.SYSTEM);
        this.lines = lines;
    }

    /** @param batch documents looked at in one go, 1 or more */
    public Result run(int batch) throws UserException, EndpointException, InterruptedException {
        String time = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString().replace(":", "");
        try (RemovalLog log = RemovalLog.open(directory.resolve("deleted-conflicts-" + time + ".ndjson"))) {
            if (!allOfView(batch, log)) {
                allOfFeed(batch, log);
            }
            if (stopped) {
                lines.accept("Stopped. The same command goes on.");
                return result(pace.endedBy());
            }
            if (deleted > 0) {
                lines.accept("What was deleted is in " + log.path());
            }
        }
        if (failures.isEmpty()) {
            lines.accept(HqMessages.CONFLICTS_DELETED);
            return result(ExitCode.SUCCESS);
        }
        lines.accept(failures.size() + " revisions could not be deleted:");
        failures.stream()
                .limit(20)
                .forEach(failure -> lines.accept(
                        "  " + failure.id() + " " + failure.rev() + ": " + failure.error() + " " + failure.reason()));
        return result(ExitCode.INCOMPLETE);
    }

    private Result result(ExitCode exit) {
        return new Result(processed, deleted, changed, failures, exit);
    }

    /** False if there is no such view. */
    private boolean allOfView(int batch, RemovalLog log) throws EndpointException, InterruptedException {
        Optional<ViewRow> last = Optional.empty();
        while (!stopped) {
            Optional<ViewPage> page = viewPage(batch, last);
            if (page.isEmpty()) {
                return false;
            }
            List<ViewRow> rows = page.get().rows();
            if (rows.isEmpty()) {
                return true;
            }
            Set<String> ids = new LinkedHashSet<>();
            rows.forEach(row -> row.id().ifPresent(ids::add));
            last.flatMap(ViewRow::id).ifPresent(ids::remove);
            if (!ids.isEmpty()) {
                lines.accept("Processing " + ids.size() + " of "
                        + page.get().total().map(String::valueOf).orElse("?") + " docs");
                process(List.copyOf(ids), log);
            } else if (rows.size() <= 1) {
                return true;
            }
            last = Optional.of(rows.get(rows.size() - 1));
        }
        return true;
    }

    /** From the last row on, which is dropped if it is still there: rows go away while this runs. */
    private Optional<ViewPage> viewPage(int batch, Optional<ViewRow> last)
            throws EndpointException, InterruptedException {
        Map<String, @Nullable Object> options = new LinkedHashMap<>();
        options.put("reduce", false);
        options.put("limit", batch + 1);
        if (last.isPresent()) {
            options.put("startkey", last.get().key());
            options.put("startkey_docid", last.get().id().orElse(""));
        }
        return patience.ask(() -> database.view(DESIGN, VIEW, options));
    }

    private void allOfFeed(int batch, RemovalLog log) throws EndpointException, InterruptedException {
        lines.accept("There is no view " + DESIGN + "/" + VIEW + ": every document is looked at");
        Sequence since = Sequence.ZERO;
        List<String> ids = new ArrayList<>();
        Changes page;
        do {
            Sequence from = since;
            page = patience.ask(() -> database.changes(from, FEED_PAGE, 0));
            for (Change change : page.rows()) {
                if (change.revs().size() > 1 && !change.id().startsWith("_design/")) {
                    ids.add(change.id());
                }
            }
            while (!stopped
                    && (ids.size() >= batch || (!ids.isEmpty() && page.rows().isEmpty()))) {
                List<String> some = List.copyOf(ids.subList(0, Math.min(batch, ids.size())));
                lines.accept("Processing " + some.size() + " docs");
                process(some, log);
                ids.subList(0, some.size()).clear();
            }
            since = page.last();
        } while (!stopped && !page.rows().isEmpty());
    }

    private void process(List<String> ids, RemovalLog log) throws EndpointException, InterruptedException {
        List<Document> losers = new ArrayList<>();
        for (int from = 0; from < ids.size(); from += REQUEST) {
            List<String> some = ids.subList(from, Math.min(ids.size(), from + REQUEST));
            for (Leaves leaves : patience.ask(() -> database.leaves(some))) {
                processed++;
                leaves.leaves().stream().skip(1).filter(leaf -> !leaf.deleted()).forEach(losers::add);
                while (losers.size() >= REQUEST && !stopped) {
                    delete(losers.subList(0, REQUEST), log);
                }
            }
        }
        if (!losers.isEmpty() && !stopped) {
            delete(losers, log);
        }
    }

    /** Empties the list. */
    private void delete(List<Document> losers, RemovalLog log) throws EndpointException, InterruptedException {
        if (!pace.mayChange(losers.size())) {
            stopped = true;
            return;
        }
        losers.forEach(loser -> log.add(loser.fields()));
        log.flush();
        List<Document> tombstones = losers.stream().map(Tombstones::of).toList();
        int changedHere = 0;
        int failedHere = 0;
        for (Failure failure : patience.ask(() -> database.edit(tombstones))) {
            if (failure.error().equals("conflict")) {
                changedHere++;
            } else {
                failedHere++;
                failures.add(failure);
            }
        }
        int gone = losers.size() - changedHere - failedHere;
        lines.accept(gone + " doc revisions deleted");
        deleted += gone;
        changed += changedHere;
        losers.clear();
    }
}
