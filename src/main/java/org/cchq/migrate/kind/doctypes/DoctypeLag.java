package org.cchq.migrate.kind.doctypes;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.store.document.DocumentDatabase;
import org.cchq.migrate.store.document.DocumentDatabase.Changes;

/** How far a database's changes are from being carried, as anybody can find out who knows the newest checkpoint. */
public final class DoctypeLag {
    private static final int PAGE = 1000;

    private DoctypeLag() {}

    /**
     * The lag behind a feed.
     *
     * @param place newest checkpoint in this database's feed
     * @return empty if there is no checkpoint, or no database. Seconds are 0 where no change is left
     */
    public static Optional<Lag> of(DocumentDatabase database, Optional<Checkpoint> place, Instant now)
            throws EndpointException, InterruptedException {
        if (place.isEmpty() || !database.exists()) {
            return Optional.empty();
        }
        Changes page = database.changes(place.get().seq(), PAGE, 0);
        long seen = page.rows().size();
        OptionalLong changes = page.pending().isPresent()
                ? OptionalLong.of(seen + page.pending().get())
                : seen < PAGE ? OptionalLong.of(seen) : OptionalLong.empty();
        Duration behind =
                seen == 0 ? Duration.ZERO : Duration.between(place.get().at(), now);
        return Optional.of(new Lag(changes, behind.isNegative() ? Duration.ZERO : behind));
    }
}
