package org.cchq.migrate.apply;

import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.render.HostFiles.Purpose;

/** Opens shells on hosts. Threads share it. */
public interface HostShells {
    /**
     * A shell over a connection of its own; the caller closes it.
     *
     * @param host the inventory's name
     * @param user whose commands it runs: through sudo unless that is the login account
     * @throws EndpointException if the host cannot be reached, is not the one that it should be, or lets nobody in
     */
    HostShell open(String host, String user) throws UserException, EndpointException, InterruptedException;

    /** The account that puts the files of a purpose in place on a host. */
    String account(String host, Purpose purpose) throws UserException;
}
