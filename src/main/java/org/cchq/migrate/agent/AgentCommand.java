package org.cchq.migrate.agent;

import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.LeaseHeldException;

/** One word of the agent's command line. */
interface AgentCommand {
    /** @param args what follows the command's name */
    ExitCode run(String... args) throws UserException, EndpointException, LeaseHeldException, InterruptedException;

    /** Its usage and options, for a person. */
    String help();
}
