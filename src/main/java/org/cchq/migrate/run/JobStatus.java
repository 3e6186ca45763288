package org.cchq.migrate.run;

import java.util.Optional;
import java.util.OptionalInt;
import org.cchq.migrate.migration.AgentEvent;

/**
 * A job as its host shows it.
 *
 * @param exit the agent's exit status; empty unless the job ended
 * @param started what the agent said when its work began; empty if it has not
 * @param progress the newest progress
 * @param ended what the agent said last
 * @param complaint the last line of the agent's stderr; "" if there is none
 */
public record JobStatus(
        Job job,
        State state,
        OptionalInt exit,
        Optional<AgentEvent.Started> started,
        Optional<AgentEvent.Progressed> progress,
        Optional<AgentEvent.Ended> ended,
        String complaint) {
    /** What a job can be. */
    public enum State {
        /** Its process is there. */
        RUNNING,
        /** It ended and left its exit status. */
        ENDED,
        /** Its process is gone and left no exit status: the host was rebooted, or the process was killed. */
        DIED
    }
}
