package org.cchq.migrate.run;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.migration.ProbedEndpoint;
import org.cchq.migrate.push.AgentPush;
import org.cchq.migrate.push.InstalledAgent;
import org.cchq.migrate.ssh.CommandOutput;
import org.cchq.migrate.ssh.ShellWords;

/**
 * Asks one host what it finds when it goes to some S3 endpoints as the service user: pushes the agent if it is not there,
 * runs its {@code probe}, and returns what it said. Keys go through standard input only. Leaves no object behind, also if
 * the connection is lost meanwhile. Each call has a connection of its own, so that several may run at once.
 */
public final class HostProbe {
    /** An agent that has not ended by then is asked to, and removes its marker. */
    private static final int MOST_SECONDS = 240;

    private static final List<String> JAVA_OPTIONS = List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final HostAccess host;
    private final AgentPush push;

    public HostProbe(HostAccess host, AgentPush push) {
        this.host = host;
        this.push = push;
    }

    /**
     * What the host found, in the question's order.
     *
     * @throws EndpointException if the host cannot be reached or the agent cannot run there: nothing was found out
     */
    public List<ProbedEndpoint> ask(ProbeQuestion question)
            throws EndpointException, InterruptedException, UserException {
        try (HostSession session = host.open()) {
            InstalledAgent agent = push.to(session.base());
            String script = "exec timeout -k 30 " + MOST_SECONDS + " " + ShellWords.quote(agent.java()) + " "
                    + ShellWords.join(JAVA_OPTIONS) + " -jar " + ShellWords.quote(agent.jar()) + " probe";
            CommandOutput output = session.base()
                    .shell()
                    .run(
                            script,
                            new ByteArrayInputStream(question.toJson().reveal().getBytes(StandardCharsets.UTF_8)));
            if (!output.ok()) {
                throw session.base().shell().refused("probe the stores", output.complaint());
            }
            List<ProbedEndpoint> found = new ArrayList<>();
            for (String line : output.stdout().lines().toList()) {
                if (line.startsWith("{")) {
                    found.add(ProbedEndpoint.parse(line));
                }
            }
            if (found.size() != question.targets().size()) {
                throw session.base()
                        .shell()
                        .refused(
                                "probe the stores",
                                "it answered for " + found.size() + " of "
                                        + question.targets().size() + " endpoints");
            }
            return found;
        }
    }
}
