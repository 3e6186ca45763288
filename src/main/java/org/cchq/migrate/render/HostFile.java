package org.cchq.migrate.render;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cchq.migrate.base.Secret;

/** One thing that a host shall have at a path, or shall not have. */
public sealed interface HostFile {
    /** Absolute, on the host. */
    String path();

    /**
     * A file with just this content.
     *
     * @param content all of it, UTF-8; held as a secret so that it reaches no log
     * @param owner the account
     * @param group the group; empty: the account's own
     * @param mode as chmod takes it: {@code 0600}
     */
    record Content(String path, Secret content, String owner, String group, String mode) implements HostFile {}

    /** A symbolic link. */
    record Link(String path, String target) implements HostFile {}

    /** No file and no link. */
    record Absent(String path) implements HostFile {}

    /**
     * Nothing in the path's directory that matches, but for what is named otherwise in the same list.
     *
     * @param path directory and shell pattern: {@code /etc/nginx/sites-enabled/production_riakcs_*}
     */
    record NoOther(String path) implements HostFile {}

    /**
     * A part of a file that others made, where there is such a file and such a part; everything else in it stays, and so do
     * its owner and mode. Nothing is made where the file is not.
     *
     * @param pattern a regular expression that Java and Python read alike; what it finds is replaced
     * @param replacement taken literally
     */
    record Replaced(String path, Pattern pattern, String replacement) implements HostFile {
        /** The file's text as it shall be. */
        public String in(String text) {
            return pattern.matcher(text).replaceAll(Matcher.quoteReplacement(replacement));
        }
    }
}
