package org.cchq.migrate.stage;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cchq.migrate.apply.UnifiedDiff;

/**
 * Neighbouring lines of a text before and after a change, with up to three unchanged lines on either side.
 *
 * @param was the lines before, ends included
 * @param is the lines after
 */
record Hunk(String was, String is) {
    /** What differs between two texts, from the top. */
    static List<Hunk> between(String was, String is) {
        List<String> before = Lines.of(was);
        List<String> after = Lines.of(is);
        List<Hunk> hunks = new ArrayList<>();
        StringBuilder old = new StringBuilder();
        StringBuilder now = new StringBuilder();
        for (String line : UnifiedDiff.hunks(before, after, before, after)) {
            char mark = line.charAt(0);
            if (mark == '@') {
                add(hunks, old, now);
                continue;
            }
            if (mark != '+') {
                old.append(line, 1, line.length());
            }
            if (mark != '-') {
                now.append(line, 1, line.length());
            }
        }
        add(hunks, old, now);
        return hunks;
    }

    private static void add(List<Hunk> hunks, StringBuilder old, StringBuilder now) {
        if (!old.isEmpty() || !now.isEmpty()) {
            hunks.add(new Hunk(old.toString(), now.toString()));
        }
        old.setLength(0);
        now.setLength(0);
    }

    /** The text before the change, made from the text after it; empty unless the changed lines are still there, once. */
    Optional<String> undo(String text) {
        String padded = "\n" + text;
        String wanted = "\n" + is;
        int at = padded.indexOf(wanted);
        boolean once = !is.isEmpty() && at >= 0 && padded.indexOf(wanted, at + 1) < 0;
        if (!once || (!is.endsWith("\n") && at + is.length() < text.length())) {
            return Optional.empty();
        }
        return Optional.of(text.substring(0, at) + was + text.substring(at + is.length()));
    }
}
