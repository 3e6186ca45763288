package org.cchq.migrate.run;

import org.cchq.migrate.base.EndpointException;

/** Connects to one host, as often as it takes. */
public interface HostAccess {
    /** The host as a person names it. */
    String name();

    /** A new connection; the caller closes it. */
    HostSession open() throws EndpointException, InterruptedException;
}
