package org.cchq.migrate.console;

import java.util.ArrayList;
import java.util.List;

/** A command line of a shell over several lines, so that a person can read it, and copy it into a shell all the same. */
final class WrappedCommand {
    private static final String INDENT = "    ";
    private static final String CONTINUED = " \\";

    private WrappedCommand() {}

    /**
     * Breaks only between words, never within quotes: a word that is longer than a line stays whole.
     *
     * @param width most columns of a line
     */
    static String of(String command, int width) {
        if (command.length() <= width) {
            return command;
        }
        StringBuilder text = new StringBuilder();
        int column = 0;
        for (String word : words(command)) {
            if (column == 0) {
                text.append(word);
                column = word.length();
            } else if (column + 1 + word.length() + CONTINUED.length() <= width) {
                text.append(' ').append(word);
                column += 1 + word.length();
            } else {
                text.append(CONTINUED).append('\n').append(INDENT).append(word);
                column = INDENT.length() + word.length();
            }
        }
        return text.toString();
    }

    private static List<String> words(String command) {
        List<String> words = new ArrayList<>();
        int begin = 0;
        char quote = 0;
        for (int i = 0; i < command.length(); i++) {
            char c = command.charAt(i);
            if (quote != 0) {
                if (c == '\\' && quote == '"') {
                    i++;
                } else if (c == quote) {
                    quote = 0;
                }
            } else if (c == '\\') {
                i++;
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if (c == ' ') {
                words.add(command.substring(begin, i));
                begin = i + 1;
            }
        }
        words.add(command.substring(begin));
        return words;
    }
}
