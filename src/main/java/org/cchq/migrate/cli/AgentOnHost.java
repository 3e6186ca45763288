package org.cchq.migrate.cli;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.push.InstalledAgent;
import org.cchq.migrate.run.HostSession;
import org.cchq.migrate.run.TerminalCommand;
import org.cchq.migrate.run.TerminalCommand.Served;

/** The agent on a host, with the command that runs it on a terminal there. */
final class AgentOnHost {
    private AgentOnHost() {}

    /** Puts there what is not there, and says what it did. */
    static InstalledAgent install(Site site, TargetHost host, HostSession session)
            throws UserException, EndpointException, InterruptedException {
        InstalledAgent agent = site.push(host).to(session.base());
        agent.steps().forEach(step -> site.console().say(host.name() + ": " + step));
        TerminalCommand command = command(site, host, session, agent);
        if (command.install()) {
            site.console().say(host.name() + ": command for a terminal there: " + command.path());
        }
        return agent;
    }

    static TerminalCommand command(Site site, TargetHost host, HostSession session, InstalledAgent agent)
            throws UserException {
        return new TerminalCommand(
                session.base(), agent, site.environment().codeDirectory(host), Workplace.version(), served());
    }

    /** Those whose settings HQ has: the blob migrations. */
    private static List<Served> served() {
        Stream<Served> blobs = Arrays.stream(BlobPhase.values())
                .filter(BlobPhase::isHqs)
                .map(phase -> new Served(BlobPhase.MIGRATION, phase.word(), phase.command()));
        Stream<Served> metadata = Arrays.stream(MetadataPhase.values())
                .map(phase -> new Served(MetadataPhase.MIGRATION, phase.word(), phase.command()));
        return Stream.concat(blobs, metadata).toList();
    }
}
