package org.cchq.migrate.kind.doctypes;

import org.cchq.migrate.migration.ProgressSnapshot;
import org.cchq.migrate.store.document.DocumentDatabase.Sequence;

/** An output that several threads may tell. */
final class OneAtATime implements DoctypeOutput {
    private final DoctypeOutput output;

    OneAtATime(DoctypeOutput output) {
        this.output = output;
    }

    @Override
    public synchronized void initialBegins(Sequence originalSeq) {
        output.initialBegins(originalSeq);
    }

    @Override
    public synchronized void initialComplete(Sequence originalSeq) {
        output.initialComplete(originalSeq);
    }

    @Override
    public synchronized void continuousBegins(Direction direction) {
        output.continuousBegins(direction);
    }

    @Override
    public synchronized void saved(long changesRead, Sequence seq) {
        output.saved(changesRead, seq);
    }

    @Override
    public synchronized void caughtUp() {
        output.caughtUp();
    }

    @Override
    public synchronized void progress(ProgressSnapshot snapshot, Lag lag) {
        output.progress(snapshot, lag);
    }

    @Override
    public synchronized void notice(String text) {
        output.notice(text);
    }

    @Override
    public synchronized void finding(DocumentFinding finding) {
        output.finding(finding);
    }
}
