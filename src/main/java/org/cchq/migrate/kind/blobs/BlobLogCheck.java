package org.cchq.migrate.kind.blobs;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.kind.blobs.BlobLogCounts.Cell;
import org.cchq.migrate.store.blob.BlobStore;
import org.cchq.migrate.store.blob.PutResult;
import org.cchq.migrate.store.blob.StoredBlob;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides, for one record at a time, which of HQ's four classes it is in. Thread-safe. */
final class BlobLogCheck {
    private static final Logger LOG = LoggerFactory.getLogger(BlobLogCheck.class);
    private static final int ATTEMPTS = 6;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

    private final BlobStore target;
    private final BlobStore source;
    private final CouchParents parents;
    private final LostBlobs lost;
    private final boolean migrate;
    private final BlobLogCounts counts;
    private final Sleeper sleeper;
    private final Consumer<String> out;

    BlobLogCheck(
            BlobStore target,
            BlobStore source,
            CouchParents parents,
            LostBlobs lost,
            boolean migrate,
            BlobLogCounts counts,
            Sleeper sleeper,
            Consumer<String> out) {
        this.target = target;
        this.source = source;
        this.parents = parents;
        this.lost = lost;
        this.migrate = migrate;
        this.counts = counts;
        this.sleeper = sleeper;
        this.out = out;
    }

    /** First match wins: in new, in old, its document does not name it, not found. */
    void check(BlobLogRecord record) throws EndpointException, InterruptedException {
        if (retrying(() -> target.head(record.key())).isPresent()) {
            counts.add(record.typeCode(), Cell.FOUND_IN_NEW);
        } else if (retrying(() -> source.head(record.key())).isPresent()) {
            foundInOld(record);
        } else {
            inNeither(record);
        }
    }

    private void foundInOld(BlobLogRecord record) throws EndpointException, InterruptedException {
        if (migrate) {
            Optional<PutResult> copied = retrying(() -> copy(record.key()));
            if (copied.isEmpty()) {
                inNeither(record);
                return;
            }
            if (copied.get().effect() == PutResult.Effect.DIFFERENT) {
                throw new EndpointException(
                        target.description(),
                        EndpointException.Kind.REFUSED,
                        "Tried to copy '" + record.key() + "' to " + target.description()
                                + " but something else was stored there meanwhile; it was left as it is");
            }
        }
        out.accept((migrate ? "Migrated from old db: " : "Found in old db: ") + record.key());
        counts.add(record.typeCode(), Cell.FOUND_IN_OLD);
    }

    private Optional<PutResult> copy(String key) throws EndpointException, InterruptedException {
        Optional<PutResult> within = target.copyWithin(source, key);
        if (within.isPresent()) {
            return within;
        }
        Optional<StoredBlob> opened = source.open(key);
        if (opened.isEmpty()) {
            return Optional.empty();
        }
        try (StoredBlob blob = opened.get()) {
            return Optional.of(target.putIfAbsent(key, blob));
        }
    }

    private void inNeither(BlobLogRecord record) throws EndpointException, InterruptedException {
        Optional<TypeCode.CouchParent> parent = TypeCode.of(record.typeCode()).flatMap(TypeCode::couchParent);
        if (parent.isEmpty()) {
            out.accept("Missing: " + record.json());
            counts.add(record.typeCode(), Cell.NOT_FOUND);
            lost.add(record, LostBlobs.Parent.DOES_NOT);
            return;
        }
        Optional<CouchParents.Answer> answer;
        try {
            answer = retrying(() -> parents.ask(parent.get(), record.parentId(), record.key()));
        } catch (EndpointException e) {
            LOG.warn("a parent could not be asked", e);
            answer = Optional.empty();
        }
        if (answer.isEmpty()) {
            out.accept("Parent not asked: " + record.json());
            lost.add(record, LostBlobs.Parent.NOT_ASKED);
        } else if (answer.get().reference().isPresent()) {
            out.accept("Missing: " + record.json() + " blob info: "
                    + answer.get().reference().get());
            counts.add(record.typeCode(), Cell.NOT_FOUND);
            lost.add(record, LostBlobs.Parent.REFERS);
        } else {
            out.accept("Not referenced: " + record.json() + (answer.get().found() ? "" : " doc not found"));
            counts.add(record.typeCode(), Cell.NOT_REFERENCED);
            lost.add(record, LostBlobs.Parent.DOES_NOT);
        }
    }

    /** One request, sent again where that may help. */
    private interface Request<T> {
        T send() throws EndpointException, InterruptedException;
    }

    /** Pauses double, with jitter: about half a minute in all. */
    private <T> T retrying(Request<T> request) throws EndpointException, InterruptedException {
        Duration pause = FIRST_PAUSE;
        for (int attempt = 1; ; attempt++) {
            try {
                return request.send();
            } catch (EndpointException e) {
                if (!e.retryable() || attempt == ATTEMPTS) {
                    throw e;
                }
                LOG.debug("attempt {} of {} failed, waiting about {} ms", attempt, ATTEMPTS, pause.toMillis(), e);
            }
            sleeper.sleep(pause.plusMillis(ThreadLocalRandom.current().nextLong(pause.toMillis())));
            pause = pause.multipliedBy(2);
        }
    }
}
