package org.cchq.migrate.jinja;

import java.util.regex.Pattern;

/**
 * A text of a file that holds an expression or statement.
 *
 * @param place file and line, for messages
 */
public record SourceText(String text, String place) {
    private static final Pattern MARKS = Pattern.compile("\\{[{%#]");

    /** True if Ansible would hand the text to Jinja at all. */
    public static boolean isPossibly(String text) {
        return MARKS.matcher(text).find();
    }

    @Override
    public String toString() {
        return "text at " + place;
    }
}
