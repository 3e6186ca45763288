package org.cchq.migrate.agent;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/**
 * What the agent is started with; passed in, so that a test runs the whole program in its own JVM.
 *
 * @param directory the working directory, absolute
 */
public record AgentContext(
        Path directory,
        InputStream in,
        PrintStream out,
        PrintStream err,
        Clock clock,
        Map<String, String> environment,
        StopRequest stop) {
    public AgentContext {
        environment = Map.copyOf(environment);
    }
}
