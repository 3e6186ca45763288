package org.cchq.migrate.cli;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.DjangoSettings;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.push.InstalledAgent;
import org.cchq.migrate.run.HostSession;
import org.cchq.migrate.ssh.CommandOutput;
import org.cchq.migrate.ssh.ShellWords;

/** Asks the agent on a host something that it answers at once. Pushes it if it is not there; settings go through stdin. */
final class AgentQuestion {
    private static final List<String> JAVA_OPTIONS = List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    private static final int MOST_SECONDS = 600;

    private final Site site;
    private final TargetHost host;

    AgentQuestion(Site site, TargetHost host) {
        this.site = site;
        this.host = host;
    }

    /** The answer, whatever its exit status. */
    CommandOutput ask(List<String> arguments) throws EndpointException, InterruptedException, UserException {
        DjangoSettings settings = DjangoSettings.of(site.environment(), host);
        try (HostSession session = site.access(host).open()) {
            InstalledAgent agent = site.push(host).to(session.base());
            agent.steps().forEach(step -> site.console().say(host.name() + ": " + step));
            List<String> words = new ArrayList<>(List.of("timeout", "-k", "30", Integer.toString(MOST_SECONDS)));
            words.add(agent.java());
            words.addAll(JAVA_OPTIONS);
            words.addAll(List.of("-jar", agent.jar()));
            words.addAll(arguments);
            words.addAll(List.of("--settings", "-"));
            return session.base()
                    .shell()
                    .run(
                            "exec " + ShellWords.join(words),
                            new ByteArrayInputStream(settings.json().reveal().getBytes(StandardCharsets.UTF_8)));
        }
    }

    /**
     * What it writes.
     *
     * @throws UserException if it says no, with its words
     */
    String require(List<String> arguments) throws EndpointException, InterruptedException, UserException {
        CommandOutput output = ask(arguments);
        if (!output.ok()) {
            throw new UserException(host.name() + ", " + String.join(" ", arguments) + ": "
                    + (output.stderr().isBlank()
                            ? output.complaint()
                            : output.stderr().strip()));
        }
        return output.stdout();
    }
}
