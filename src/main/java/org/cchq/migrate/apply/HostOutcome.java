package org.cchq.migrate.apply;

import java.util.List;
import org.cchq.migrate.render.HostFiles.Purpose;

/**
 * What became of a host.
 *
 * @param changed the paths that are different now
 * @param reloaded the reload command ran and succeeded
 * @param message why it failed, with what the check command said; "" if it did not
 */
public record HostOutcome(
        String host, Purpose purpose, State state, List<String> changed, boolean reloaded, String message) {
    /** How it ended. */
    public enum State {
        /** It had all that it shall have. */
        UNCHANGED,
        /** It has, read back and compared. */
        CHANGED,
        /** The check or the reload failed; every file, link and mode is as it was before. */
        TAKEN_BACK,
        /** Nothing was changed, or the message says what was. */
        FAILED,
        /** It was not reached, or the connection was lost: then a look at it tells. */
        UNREACHABLE
    }

    public HostOutcome {
        changed = List.copyOf(changed);
    }

    /** True if the host has what it shall have. */
    public boolean ok() {
        return state == State.UNCHANGED || state == State.CHANGED;
    }
}
