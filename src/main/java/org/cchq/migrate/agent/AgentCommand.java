package org.cchq.migrate.agent;

import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.LeaseHeldException;

/** One word of the agent's command line. */
interface AgentCommand {
    /** @param line what follows the command's name */
    ExitCode run(CommandLineReader line)
            throws UserException, EndpointException, LeaseHeldException, InterruptedException;

    /** Its command line, for a person. */
    String usage();

    /** What it takes, {@code --help} among it. */
    Options options();
}
