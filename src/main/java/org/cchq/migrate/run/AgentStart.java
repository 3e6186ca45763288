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
    public AgentStart {
        javaOptions = List.copyOf(javaOptions);
        arguments = List.copyOf(arguments);
    }
}
