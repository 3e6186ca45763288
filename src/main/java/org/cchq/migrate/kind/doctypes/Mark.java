package org.cchq.migrate.kind.doctypes;

import java.util.Locale;

/** What has been reached, or been decided by a person, in the course of a migration. */
public enum Mark {
    INITIAL_COMPLETE,
    FLIP_READY,
    /** The site's processes use the target. */
    FLIPPED,
    /** From here on nothing may be carried from the source to the target any more. Never taken back. */
    CLEANUP_STARTED,
    CLEANUP_COMPLETE;

    /** As in JSON: {@code initial_complete}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
