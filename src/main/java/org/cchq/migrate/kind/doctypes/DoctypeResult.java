package org.cchq.migrate.kind.doctypes;

import java.util.Optional;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.migration.Counts;

/**
 * How a run ended.
 *
 * @param counts documents by outcome, over the whole pass
 * @param failed documents that could not be copied; they are listed in the file of failures
 * @param diverged documents that both sides were written to
 * @param stoppedBy who asked the run to stop; empty if it came to its end
 */
public record DoctypeResult(Counts counts, long failed, long diverged, Optional<String> stoppedBy) {
    public ExitCode exitCode() {
        if (stoppedBy.isPresent()) {
            return ExitCode.STOPPED;
        }
        return failed > 0 ? ExitCode.INCOMPLETE : ExitCode.SUCCESS;
    }
}
