package org.cchq.migrate.cli;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.DjangoSettings;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.push.AgentPush;
import org.cchq.migrate.push.InstalledAgent;
import org.cchq.migrate.run.HostSession;
import org.cchq.migrate.ssh.ShellWords;
import org.jspecify.annotations.Nullable;

/** What the agent's {@code estimate} says, if the agent is on the host already; it only reads. */
final class Forecast {
    private Forecast() {}

    static Map<String, @Nullable Object> of(AgentPush push, HostSession session, DjangoSettings settings)
            throws EndpointException, InterruptedException, UserException {
        Optional<InstalledAgent> agent = push.installed(session.base());
        if (agent.isEmpty()) {
            return Map.of();
        }
        String output = session.base()
                .shell()
                .require(
                        "look at both ends",
                        ShellWords.quote(agent.get().java()) + " -jar "
                                + ShellWords.quote(agent.get().jar()) + " estimate --settings -",
                        new ByteArrayInputStream(settings.json().reveal().getBytes(StandardCharsets.UTF_8)));
        String last = output.strip().lines().reduce((a, b) -> b).orElse("{}");
        return Json.readObject(last, "the agent's estimate");
    }
}
