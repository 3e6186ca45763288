package org.cchq.migrate.apply;

import org.cchq.migrate.base.Secret;

/**
 * What a host has at a path. The path's own last part is not followed if it is a link; links before it are.
 *
 * @param content of a file, UTF-8; empty otherwise
 * @param target of a link; "" otherwise
 * @param mode as chmod takes it, four digits; "" if there is nothing
 * @param owner the account's name; its number if it has none
 * @param group likewise
 * @param accountGroup the group of the account that is to own it; "" if the host does not know the account
 */
public record FoundPath(
        String path,
        Kind kind,
        Secret content,
        String target,
        String mode,
        String owner,
        String group,
        String accountGroup) {
    /** What it is. */
    public enum Kind {
        /** Nothing, in a directory that is there. */
        NOTHING,
        /** Nothing, and its directory is not there either. */
        NO_DIRECTORY,
        FILE,
        LINK,
        DIRECTORY,
        /** A device, a socket, or a file that the account may not read. */
        OTHER
    }

    boolean there() {
        return kind != Kind.NOTHING && kind != Kind.NO_DIRECTORY;
    }
}
