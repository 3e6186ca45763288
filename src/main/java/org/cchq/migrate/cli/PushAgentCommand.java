package org.cchq.migrate.cli;

import static org.cchq.migrate.cli.Arguments.valued;

import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.push.InstalledAgent;
import org.cchq.migrate.run.HostSession;

/** {@code push-agent}: the agent and its command on a host, for who works on a terminal there. Runs nothing. */
final class PushAgentCommand implements Command {
    @Override
    public String name() {
        return "push-agent";
    }

    @Override
    public String arguments() {
        return "[options]";
    }

    @Override
    public String summary() {
        return "Puts the agent and its command cchq-agent on a host, for a terminal there, and prints the command's path.";
    }

    @Override
    public Options options() {
        Options options = new Options();
        options.addOption(valued("server", "HOST", "host to put it on; default django_manage[0]"));
        return options;
    }

    @Override
    public int run(Site site, CommandLine line) throws UserException, EndpointException, InterruptedException {
        if (!line.getArgList().isEmpty()) {
            throw new UsageException("push-agent: too many words: " + String.join(" ", line.getArgList()));
        }
        TargetHost host = site.manageHost(Optional.ofNullable(line.getOptionValue("server")));
        try (HostSession session = site.access(host).open()) {
            InstalledAgent agent = AgentOnHost.install(site, host, session);
            String path = AgentOnHost.command(site, host, session, agent).path();
            site.console()
                    .say("In a shell of " + site.environment().cchqUser() + " on " + host.name()
                            + ", in the directory of manage.py:  source " + path);
            site.console().result(path);
        }
        return ExitCode.SUCCESS.code();
    }
}
