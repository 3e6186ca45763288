package org.cchq.migrate.migration;

/** How an item ended. Every enumerated item ends in exactly one of these, and is counted once. */
public enum Outcome {
    /** Read from the source, acknowledged by the target, length and checksum compared. */
    COPIED,
    /** The target had it. Verify: both have the same bytes. */
    ALREADY_THERE,
    /** Verify: only the target has it, as its row says: the site wrote it there. */
    ONLY_ON_TARGET,
    /** Verify, when it is only to report: the source has it and the target does not. */
    MISSING_ON_TARGET,
    /** In neither store, and its row is still there. */
    MISSING_ON_SOURCE,
    /** Its row was deleted while the migration ran; nothing of it is left on the target. */
    NOT_REFERENCED,
    /** The target holds other bytes than the source. Left as it is: the site may have written it. */
    DIFFERS,
    /** A store refused with 403; never taken for "not found". */
    DENIED,
    /** Failed for good, after all retries. */
    FAILED;

    /** True if the item is neither on the target nor explained: a run with such an item is not complete. */
    public boolean unresolved() {
        return this == DENIED || this == FAILED;
    }

    /** True if a person has to hear of the item: it is listed in the log and in the ledger. */
    public boolean isFinding() {
        return this != COPIED && this != ALREADY_THERE && this != ONLY_ON_TARGET;
    }
}
