package org.cchq.migrate.cli;

import org.cchq.migrate.migration.AgentEvent;
import org.cchq.migrate.migration.Outcome;
import org.cchq.migrate.ssh.ShellWords;

/** What to type after a run. */
final class NextCommand {
    private NextCommand() {}

    /** The agent's own advice, else what its result asks for; "" if there is nothing to do. */
    static String after(String environment, AgentEvent.Ended ended) {
        String start = "cchq-migrate " + environment + " run blobs ";
        if (ended.result().equals("stopped")
                || ended.counts().done() < ended.counts().enumerated()) {
            return start + "back-fill";
        }
        boolean listed = ended.counts().of(Outcome.MISSING_ON_SOURCE) > 0
                || ended.counts().of(Outcome.FAILED) > 0
                || ended.counts().of(Outcome.DENIED) > 0;
        if (listed && !ended.log().isEmpty()) {
            return start + "check-logs " + ShellWords.quote(ended.log());
        }
        return ended.next();
    }
}
