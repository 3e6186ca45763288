package org.cchq.migrate.kind.doctypes;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.store.document.DocumentDatabase.Sequence;

/**
 * What is known of a migration, from the files on this host and the records in both databases.
 *
 * @param originalSeq place in the source's feed before the first copy; empty if none was begun
 * @param forward newest place up to which the target has everything; empty until the first copy is complete
 * @param reverse newest place in the target's feed up to which the source has everything
 * @param doubt why {@code forward} is not to be trusted: a database was replaced or set back; empty if it is
 * @param runner who carries changes forward now, in words
 * @param reverseRunner who carries changes back now
 * @param failed documents that could not be copied and are tried again by each run
 */
public record DoctypeState(
        String slug,
        Optional<Sequence> originalSeq,
        Optional<Checkpoint> forward,
        Optional<Checkpoint> reverse,
        Map<Mark, Instant> marks,
        Optional<String> doubt,
        Optional<String> runner,
        Optional<String> reverseRunner,
        long failed) {
    public DoctypeState {
        marks = Map.copyOf(marks);
    }

    /** Reads it; changes nothing. A database that is not there has no records. */
    public static DoctypeState read(DoctypeEnds ends, Path stateDirectory)
            throws UserException, EndpointException, InterruptedException {
        Checkpoints.Found forward = new Checkpoints(ends, stateDirectory, Direction.FORWARD).read();
        Checkpoints.Found reverse = new Checkpoints(ends, stateDirectory, Direction.REVERSE).read();
        String slug = ends.migrator().slug();
        return new DoctypeState(
                slug,
                forward.original(),
                forward.newest(),
                reverse.newest(),
                new DoctypeMarks(ends, stateDirectory).read(),
                forward.doubt(),
                DoctypeLease.holderOf(ends, Direction.FORWARD),
                DoctypeLease.holderOf(ends, Direction.REVERSE),
                FailedDocuments.read(stateDirectory, slug, Direction.FORWARD).size());
    }

    public boolean has(Mark mark) {
        return marks.containsKey(mark);
    }

    public DoctypeStage stage() {
        return DoctypeStage.of(this);
    }
}
