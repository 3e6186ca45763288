package org.cchq.migrate.kind.doctypes;

import org.cchq.migrate.migration.ProgressSnapshot;
import org.cchq.migrate.store.document.DocumentDatabase.Sequence;

/** Told what happens in a run. Called from one thread at a time. */
public interface DoctypeOutput {
    /** The first copy begins, or goes on; changes since this place will be carried after it. */
    default void initialBegins(Sequence originalSeq) {}

    /** The first copy is complete and recorded. */
    default void initialComplete(Sequence originalSeq) {}

    /** Changes begin to be carried. */
    default void continuousBegins(Direction direction) {}

    /** Everything up to this place is accounted for, and the place is recorded. */
    default void saved(long changesRead, Sequence seq) {}

    /** The end of the feed was reached. */
    default void caughtUp() {}

    /** About once a second. */
    default void progress(ProgressSnapshot snapshot, Lag lag) {}

    /** Something that a person should know, in a sentence. */
    default void notice(String text) {}

    /** A document that a person has to look at. */
    default void finding(DocumentFinding finding) {}
}
