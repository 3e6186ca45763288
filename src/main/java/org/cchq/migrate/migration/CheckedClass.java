package org.cchq.migrate.migration;

import java.util.Locale;

/** What became of a blob that a migration log names. */
public enum CheckedClass {
    /** It is in the new store: nothing is missing. */
    FOUND_IN_NEW(true),
    /** It is in the old store only: it still has to be copied. */
    FOUND_IN_OLD(false),
    /** It was in the old store only, and was copied now. */
    MIGRATED(true),
    /** In neither store, and HQ recorded that it deleted it. */
    DELETED(true),
    /** In neither store, and neither a metadata row nor a document names it any more. */
    NOT_REFERENCED(true),
    /** In neither store, its metadata row is there: lost. */
    LOST_WITH_ROW(false),
    /** In neither store, its document names it: lost. */
    LOST_WITH_DOCUMENT(false),
    /** In neither store, without a row; its document could not be asked. */
    PARENT_NOT_ASKED(false),
    /** A store or database did not answer for it, or its record makes no sense. */
    NOT_CHECKED(false);

    private final boolean explained;

    CheckedClass(boolean explained) {
        this.explained = explained;
    }

    /** True if nobody has to do anything about the blob. */
    public boolean explained() {
        return explained;
    }

    /** As in an event: {@code lost_with_row}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The one with this word; {@link #NOT_CHECKED} for a word of a newer agent. */
    public static CheckedClass of(String word) {
        for (CheckedClass one : values()) {
            if (one.word().equals(word)) {
                return one;
            }
        }
        return NOT_CHECKED;
    }
}
