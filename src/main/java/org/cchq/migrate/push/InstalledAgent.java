package org.cchq.migrate.push;

import java.util.List;

/**
 * What a host runs the agent with.
 *
 * @param java absolute path of the java program
 * @param jar absolute path of the agent's jar
 * @param steps what was done to get there, one sentence each
 * @param bytes sent to the host; 0 if everything was there
 */
public record InstalledAgent(String java, String jar, List<String> steps, long bytes) {
    public InstalledAgent {
        steps = List.copyOf(steps);
    }
}
