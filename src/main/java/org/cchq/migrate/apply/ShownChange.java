package org.cchq.migrate.apply;

import java.util.ArrayList;
import java.util.List;
import org.cchq.migrate.apply.FoundPath.Kind;
import org.cchq.migrate.render.HostFile;

/** One change as a person is shown it. */
final class ShownChange {
    private static final String NOTHING = "/dev/null";

    private ShownChange() {}

    static List<String> lines(Change change, Masking masking) {
        List<String> lines = new ArrayList<>();
        FoundPath found = change.found();
        HostFile wanted = change.wanted();
        lines.add("--- " + (found.there() ? change.path() : NOTHING) + note(was(found)));
        lines.add("+++ " + (change.removes() ? NOTHING : change.path()) + note(willBe(change)));
        List<String> old = linesOf(found.kind() == Kind.FILE ? found.content().reveal() : "");
        List<String> now =
                linesOf(wanted instanceof HostFile.Content it ? it.content().reveal() : "");
        lines.addAll(UnifiedDiff.hunks(old, now, masking.masked(old), masking.masked(now)));
        return lines;
    }

    private static String note(String text) {
        return text.isEmpty() ? "" : "  (" + text + ")";
    }

    private static String was(FoundPath found) {
        return switch (found.kind()) {
            case LINK -> "link to " + found.target();
            case FILE -> found.mode() + " " + found.owner() + ":" + found.group();
            default -> "";
        };
    }

    private static String willBe(Change change) {
        if (change.wanted() instanceof HostFile.Link link) {
            return "link to " + link.target();
        }
        if (change.wanted() instanceof HostFile.Content content) {
            String group = content.group().isEmpty() ? change.found().accountGroup() : content.group();
            return PathComparison.fourDigits(content.mode()) + " " + content.owner() + ":" + group;
        }
        return "removed";
    }

    /** A last line without an end is another line than one with: it says so, as diff does. */
    private static List<String> linesOf(String text) {
        List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
        if (lines.get(lines.size() - 1).isEmpty()) {
            lines.remove(lines.size() - 1);
        } else {
            lines.set(lines.size() - 1, lines.get(lines.size() - 1) + " \\ no end of line");
        }
        return lines;
    }
}
