package org.cchq.migrate.run;

import java.util.List;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.push.InstalledAgent;

/**
 * What is to be started.
 *
 * @param agent java and jar on the host
 * @param javaOptions options of the JVM: {@code -Xmx512m}
 * @param arguments of the agent, without those that the controller adds (settings, events, control, run-by)
 * @param settings JSON of the settings; reaches the agent through its stdin, and nothing else ever sees it
 */
public record AgentStart(InstalledAgent agent, List<String> javaOptions, List<String> arguments, Secret settings) {
    /**
     * What the agent's Java is given on a host: a bound for its memory at any number of rows, a collector without
     * threads of its own, and an optimising compiler that waits for code which is really hot: compiling costs more than
     * copying some ten thousand small blobs.
     */
    public static final List<String> JAVA_OPTIONS = List.of(
            "-Xmx384m",
            "-XX:+UseSerialGC",
            "-XX:Tier4InvocationThreshold=50000",
            "-XX:Tier4MinInvocationThreshold=20000",
            "-XX:Tier4CompileThreshold=150000",
            "-XX:Tier4BackEdgeThreshold=1000000");

    public AgentStart {
        javaOptions = List.copyOf(javaOptions);
        arguments = List.copyOf(arguments);
    }
}
