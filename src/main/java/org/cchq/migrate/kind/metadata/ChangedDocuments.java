package org.cchq.migrate.kind.metadata;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointPatience;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.Ledger;
import org.cchq.migrate.engine.RetryPolicy;
import org.cchq.migrate.engine.RunControl;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.store.document.CouchScan;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.cchq.migrate.store.document.DocumentDatabase.Info;
import org.cchq.migrate.store.document.DocumentDatabase.Sequence;

/**
 * Documents that are made, changed or deleted while a database is gone through: met again in its feed of changes, from the
 * place where the feed was before the first page. The place goes on in the ledger only behind what was written.
 */
final class ChangedDocuments {
    private static final String NOTE = "feed";
    private static final Duration LOOK = Duration.ofMillis(200);

    private final CouchPart part;
    private final Ledger ledger;

    ChangedDocuments(CouchPart part, Ledger ledger) {
        this.part = part;
        this.ledger = ledger;
    }

    /** A place in the feed of one database, and not of another one of the same name. */
    private record Place(String identity, Sequence sequence) {}

    /**
     * Notes the place before the first page. If the database is not the one that it was, everything is forgotten that is
     * known of it, and it is read anew.
     *
     * @return a warning in that case, "" otherwise
     */
    String begin() throws EndpointException, InterruptedException {
        Info info = new EndpointPatience(Sleeper.SYSTEM).ask(part.database()::info);
        String identity = info.identity().toString();
        Optional<Place> place = place();
        if (place.filter(known -> known.identity().equals(identity)).isPresent()) {
            return "";
        }
        if (place.isPresent()) {
            ledger.reset();
        }
        note(new Place(identity, info.updateSequence()));
        return place.isEmpty()
                ? ""
                : part.database().endpoint()
                        + ": this is not the database that was read before (it was made or opened anew); it is read from its"
                        + " beginning again";
    }

    private Optional<Place> place() throws EndpointException {
        Optional<String> noted = ledger.note(NOTE);
        try {
            if (noted.isPresent()
                    && Json.read(noted.get(), "ledger") instanceof Map<?, ?> place
                    && place.get("identity") instanceof String identity
                    && place.get("since") instanceof String since) {
                return Optional.of(new Place(identity, new Sequence(since)));
            }
        } catch (UserException e) {
            throw new IllegalStateException("the ledger's note of the feed is damaged", e);
        }
        return Optional.empty();
    }

    private void note(Place place) throws EndpointException {
        ledger.note(
                NOTE,
                Json.write(Map.of(
                        "identity", place.identity(), "since", place.sequence().json())));
    }

    /** Until the end of the feed; false if it was stopped before by request. */
    boolean follow(PageWriter writer, int limit, RunControl control, RetryPolicy retry)
            throws EndpointException, InterruptedException {
        Place place = place().orElseThrow();
        while (true) {
            if (!mayGoOn(control)) {
                return false;
            }
            Sequence since = place.sequence();
            CouchScan.Changes page =
                    patiently(retry, () -> part.database().scan().changes(since, limit, DocumentRows.FIELDS));
            write(page, writer, retry);
            place = new Place(place.identity(), page.last());
            note(place);
            if (page.count() < limit) {
                return true;
            }
        }
    }

    private void write(CouchScan.Changes page, PageWriter writer, RetryPolicy retry)
            throws EndpointException, InterruptedException {
        if (page.rows().isEmpty()) {
            return;
        }
        Set<String> deleted = new HashSet<>();
        List<Document> live = new ArrayList<>();
        for (CouchScan.Change change : page.rows()) {
            change.document().ifPresentOrElse(live::add, () -> deleted.add(change.id()));
        }
        PageRows rows = patiently(retry, () -> part.rows().of(live));
        patiently(retry, () -> {
            writer.writeAgain(rows, deleted);
            return true;
        });
    }

    private static boolean mayGoOn(RunControl control) throws InterruptedException {
        while (control.pausedBy().isPresent() && control.cancelledBy().isEmpty()) {
            Sleeper.SYSTEM.sleep(LOOK);
        }
        return control.cancelledBy().isEmpty();
    }

    /** As the engine tries a page again, for as long. */
    private static <T> T patiently(RetryPolicy retry, EndpointPatience.Request<T> request)
            throws EndpointException, InterruptedException {
        SplittableRandom random = new SplittableRandom();
        long end = System.nanoTime() + retry.patience().toNanos();
        for (int failures = 1; ; failures++) {
            try {
                return request.send();
            } catch (EndpointException e) {
                if (!e.retryable() || System.nanoTime() > end) {
                    throw e;
                }
                Sleeper.SYSTEM.sleep(retry.pause(failures, random));
            }
        }
    }
}
