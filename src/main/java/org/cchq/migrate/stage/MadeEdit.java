package org.cchq.migrate.stage;

import java.util.List;
import java.util.Optional;

/**
 * An edit of a file as it was made, so that it can be taken back to the byte.
 *
 * @param name which of the edits it is: {@code flip-hosts}
 * @param file of the environment: {@code inventory.ini}
 */
record MadeEdit(String name, String file, List<Hunk> hunks) {
    MadeEdit {
        hunks = List.copyOf(hunks);
    }

    static MadeEdit of(String name, String file, String was, String is) {
        return new MadeEdit(name, file, Hunk.between(was, is));
    }

    /** The text before the edit, whatever else changed meanwhile; empty if the lines are not as the edit left them. */
    Optional<String> undo(String text) {
        Optional<String> undone = Optional.of(text);
        for (Hunk hunk : hunks) {
            undone = undone.flatMap(hunk::undo);
        }
        return hunks.isEmpty() ? Optional.empty() : undone;
    }
}
