package org.cchq.migrate.kind.doctypes;

import java.util.Locale;

/** How far a migration is. */
public enum DoctypeStage {
    /** Nothing was begun. */
    BEFORE,
    /** The first copy was begun and is not complete. */
    INITIAL,
    /** The first copy is complete; changes are to be carried on. */
    CONTINUOUS,
    /** Everything that the flip needs was found to be there. */
    FLIP_READY,
    /** The site uses the target. */
    FLIPPED,
    /** The source has been cleaned of the types. */
    CLEANED;

    static DoctypeStage of(DoctypeState state) {
        if (state.has(Mark.CLEANUP_COMPLETE)) {
            return CLEANED;
        } else if (state.has(Mark.FLIPPED) || state.has(Mark.CLEANUP_STARTED)) {
            return FLIPPED;
        } else if (state.has(Mark.FLIP_READY)) {
            return FLIP_READY;
        } else if (state.has(Mark.INITIAL_COMPLETE)) {
            return CONTINUOUS;
        }
        return state.originalSeq().isPresent() ? INITIAL : BEFORE;
    }

    /** As the commands write it: {@code flip-ready}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
