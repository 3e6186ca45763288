package org.cchq.migrate.run;

import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.migration.AgentEvent;

/** Told what a followed job does, in order, each thing once, also over lost connections. */
public interface JobListener {
    /** A whole line of the agent's stdout, without its end. */
    void output(String line);

    /** A whole line of the events file. */
    void event(AgentEvent event, String line);

    /** The connection was lost; another attempt follows. */
    void lost(EndpointException why, java.time.Duration nextAttempt);

    /** It is back. */
    void connectedAgain();
}
