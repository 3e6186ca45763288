package org.cchq.migrate.kind.doctypes;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.migration.ProgressSnapshot;

/** {@code verify_doctype}: compares both databases and keeps what a cleanup asks for. */
public final class RecordedVerification {
    private final DoctypeRun run;
    private final Duration settling;
    private final Clock clock;

    /** @param settling how long a difference may take to vanish */
    public RecordedVerification(DoctypeRun run, Duration settling, Clock clock) {
        this.run = run;
        this.settling = settling;
        this.clock = clock;
    }

    /** Findings go to the output, one by one, and their count to {@link VerificationRecord}. */
    public DoctypeVerification.Result run() throws UserException, EndpointException, InterruptedException {
        Instant began = clock.instant();
        Heard heard = new Heard(run.output());
        DoctypeVerification.Result result = new DoctypeVerification(run.withOutput(heard), settling).run();
        long lacking = heard.different + new Lacking(run.ends(), run.policy()).count(List.copyOf(heard.others));
        VerificationRecord.keep(run.stateDirectory(), began, result, lacking, run.ends());
        return result;
    }

    /** Remembers which documents were told of. */
    private static final class Heard implements DoctypeOutput {
        private final DoctypeOutput output;
        private final Set<String> others = new LinkedHashSet<>();
        private long different;

        private Heard(DoctypeOutput output) {
            this.output = output;
        }

        @Override
        public void finding(DocumentFinding finding) {
            if (finding.sort() == DocumentFinding.Sort.DIFFERENT) {
                different++;
            } else {
                others.add(finding.id());
            }
            output.finding(finding);
        }

        @Override
        public void notice(String text) {
            output.notice(text);
        }

        @Override
        public void progress(ProgressSnapshot snapshot, Lag lag) {
            output.progress(snapshot, lag);
        }
    }
}
