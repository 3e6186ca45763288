package org.cchq.migrate.apply;

import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;

/**
 * Why nothing is known of a host, or nothing could be done there.
 *
 * @param unreachable the host was not reached, or let nobody in; else it was reached and something on it failed
 * @param message "Tried to ... but ..."; holds no secret
 */
public record Trouble(boolean unreachable, String message) {
    static Trouble ofConnecting(EndpointException why) {
        return new Trouble(true, String.valueOf(why.getMessage()));
    }

    static Trouble ofWorking(EndpointException why) {
        return new Trouble(why.kind() == Kind.UNREACHABLE, String.valueOf(why.getMessage()));
    }
}
