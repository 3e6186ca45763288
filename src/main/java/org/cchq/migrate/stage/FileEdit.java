package org.cchq.migrate.stage;

import java.util.ArrayList;
import java.util.List;
import org.cchq.migrate.apply.Masking;
import org.cchq.migrate.apply.UnifiedDiff;

/**
 * An edit of one file of an environment, checked and not made yet.
 *
 * @param name which of the edits it is: {@code flip-hosts}
 * @param file within the environment's directory: {@code inventory.ini}
 * @param was the text before; "" if the file is not there
 * @param is the text after
 */
public record FileEdit(String name, String file, String was, String is) {
    /** What a person is shown: a unified diff, secrets masked. */
    public List<String> lines(Masking masking) {
        List<String> before = was.lines().toList();
        List<String> after = is.lines().toList();
        List<String> lines = new ArrayList<>();
        lines.add("--- " + file);
        lines.add("+++ " + file);
        lines.addAll(UnifiedDiff.hunks(before, after, masking.masked(before), masking.masked(after)));
        return lines;
    }

    @Override
    public String toString() {
        return "edit " + name + " of " + file;
    }
}
