package org.cchq.migrate.engine;

import java.nio.file.Path;

/** Another run holds the lease. Exit status {@link org.cchq.migrate.base.ExitCode#LEASE_HELD}. */
public final class LeaseHeldException extends Exception {
    private final String owner;

    LeaseHeldException(Path ledger, String owner) {
        super("Another run is using " + ledger + ": " + owner
                + ". Nothing was changed. Wait for it, cancel it, or attach to it.");
        this.owner = owner;
    }

    /** @param what is being used, in words */
    public LeaseHeldException(String what, String owner) {
        super("Another run is using " + what + ": " + owner
                + ". Nothing was changed. Wait for it, cancel it, or attach to it.");
        this.owner = owner;
    }

    /** User, host, process and since when, as the holder wrote it. */
    public String owner() {
        return owner;
    }
}
