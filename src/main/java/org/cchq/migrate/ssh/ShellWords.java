package org.cchq.migrate.ssh;

import java.util.Collection;
import java.util.stream.Collectors;

/** Quoting for a POSIX shell: a quoted word reaches a program exactly as it was, whatever is in it but a NUL. */
public final class ShellWords {
    private ShellWords() {}

    /**
     * One word. Left as it is if it holds only letters, digits and {@code @%+=:,./-_}, so that a printed command stays
     * readable; in single quotes otherwise.
     *
     * @throws IllegalArgumentException on a NUL, which no argument can hold
     */
    public static String quote(String word) {
        if (word.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a NUL cannot be part of an argument");
        }
        if (!word.isEmpty() && word.chars().allMatch(ShellWords::isPlain)) {
            return word;
        }
        return "'" + word.replace("'", "'\"'\"'") + "'";
    }

    /** Words joined by blanks, each quoted. */
    public static String join(Collection<String> words) {
        return words.stream().map(ShellWords::quote).collect(Collectors.joining(" "));
    }

    private static boolean isPlain(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || "@%+=:,./-_".indexOf(c) >= 0;
    }
}
