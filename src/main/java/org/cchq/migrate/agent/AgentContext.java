package org.cchq.migrate.agent;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.cchq.migrate.engine.RetryPolicy;

/**
 * What the agent is started with; passed in, so that a test runs the whole program in its own JVM.
 *
 * @param directory the working directory, absolute
 * @param retry how a back-fill tries again
 */
public record AgentContext(
        Path directory,
        InputStream in,
        PrintStream out,
        PrintStream err,
        Clock clock,
        Map<String, String> environment,
        StopRequest stop,
        RetryPolicy retry) {
    public AgentContext {
        environment = Map.copyOf(environment);
    }
}
