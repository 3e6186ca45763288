package org.cchq.migrate.kind.blobs;

import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointPatience;
import org.cchq.migrate.hq.TypeCode;
import org.cchq.migrate.kind.blobs.BlobLogCounts.Cell;
import org.cchq.migrate.migration.CheckedClass;
import org.cchq.migrate.store.blob.BlobStore;
import org.cchq.migrate.store.blob.PutResult;
import org.cchq.migrate.store.blob.StoredBlob;

/** Decides, for one record at a time, which of HQ's four classes it is in. Thread-safe. */
final class BlobLogCheck {
    private final BlobStore target;
    private final BlobStore source;
    private final CouchParents parents;
    private final LostBlobs lost;
    private final boolean migrate;
    private final BlobLogCounts counts;
    private final EndpointPatience patience;
    private final Consumer<String> out;
    private final BiConsumer<String, CheckedClass> checked;

    BlobLogCheck(
            BlobStore target,
            BlobStore source,
            CouchParents parents,
            LostBlobs lost,
            boolean migrate,
            BlobLogCounts counts,
            EndpointPatience patience,
            Consumer<String> out,
            BiConsumer<String, CheckedClass> checked) {
        this.target = target;
        this.source = source;
        this.parents = parents;
        this.lost = lost;
        this.migrate = migrate;
        this.counts = counts;
        this.patience = patience;
        this.out = out;
        this.checked = checked;
    }

    /** First match wins: in new, in old, its document does not name it, not found. */
    void check(BlobLogRecord record) throws EndpointException, InterruptedException {
        if (patience.ask(() -> target.head(record.key())).isPresent()) {
            counts.add(record.typeCode(), Cell.FOUND_IN_NEW);
            checked.accept(record.key(), CheckedClass.FOUND_IN_NEW);
        } else if (patience.ask(() -> source.head(record.key())).isPresent()) {
            foundInOld(record);
        } else {
            inNeither(record);
        }
    }

    private void foundInOld(BlobLogRecord record) throws EndpointException, InterruptedException {
        if (migrate) {
            Optional<PutResult> copied = copyPatiently(record.key());
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
        checked.accept(record.key(), migrate ? CheckedClass.MIGRATED : CheckedClass.FOUND_IN_OLD);
    }

    private Optional<PutResult> copyPatiently(String key) throws EndpointException, InterruptedException {
        try {
            return patience.ask(() -> copy(key));
        } finally {
            target.forget(key);
        }
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
        String trouble = "no COUCH_DATABASES in the settings";
        try {
            answer = patience.ask(() -> parents.ask(parent.get(), record.parentId(), record.key()));
        } catch (EndpointException e) {
            answer = Optional.empty();
            trouble = e.getMessage();
        }
        if (answer.isEmpty()) {
            out.accept("Parent not asked: " + record.json() + " " + trouble);
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
}
