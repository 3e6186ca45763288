package org.cchq.migrate.apply;

import java.util.ArrayList;
import java.util.List;

/**
 * The difference of two lists of lines as {@code diff -u} prints it, by Myers' algorithm. The lines that are compared and
 * those that are shown may differ: a changed secret is a difference, and is shown as two masks.
 */
public final class UnifiedDiff {
    private static final int CONTEXT = 3;

    /** Beyond so many differing lines nobody reads on: the middle is then shown as removed and added as a whole. */
    private static final int MOST_EDITS = 2_000;

    private record Edit(char sign, int old, int now) {}

    private UnifiedDiff() {}

    /**
     * Hunks, without the two lines that name the files.
     *
     * @param shownOld as many lines as {@code old}
     * @param shownNow as many lines as {@code now}
     */
    public static List<String> hunks(List<String> old, List<String> now, List<String> shownOld, List<String> shownNow) {
        List<Edit> edits = edits(old, now);
        List<String> lines = new ArrayList<>();
        int at = 0;
        while (at < edits.size()) {
            while (at < edits.size() && edits.get(at).sign() == ' ') {
                at++;
            }
            if (at == edits.size()) {
                break;
            }
            int from = Math.max(0, at - CONTEXT);
            int to = at;
            int same = 0;
            for (int i = at; i < edits.size() && same <= 2 * CONTEXT; i++) {
                same = edits.get(i).sign() == ' ' ? same + 1 : 0;
                to = same == 0 ? i + 1 : to;
            }
            int end = Math.min(edits.size(), to + CONTEXT);
            hunk(edits.subList(from, end), shownOld, shownNow, lines);
            at = end;
        }
        return lines;
    }

    private static void hunk(List<Edit> edits, List<String> old, List<String> now, List<String> lines) {
        long olds = edits.stream().filter(edit -> edit.sign() != '+').count();
        long nows = edits.stream().filter(edit -> edit.sign() != '-').count();
        lines.add("@@ -" + range(edits.get(0).old(), olds) + " +"
                + range(edits.get(0).now(), nows) + " @@");
        for (Edit edit : edits) {
            lines.add(edit.sign() + (edit.sign() == '+' ? now.get(edit.now()) : old.get(edit.old())));
        }
    }

    private static String range(int first, long count) {
        return count == 0 ? first + ",0" : count == 1 ? Integer.toString(first + 1) : (first + 1) + "," + count;
    }

    private static List<Edit> edits(List<String> old, List<String> now) {
        int head = 0;
        while (head < Math.min(old.size(), now.size()) && old.get(head).equals(now.get(head))) {
            head++;
        }
        int tail = 0;
        while (tail < Math.min(old.size(), now.size()) - head
                && old.get(old.size() - 1 - tail).equals(now.get(now.size() - 1 - tail))) {
            tail++;
        }
        List<Edit> edits = new ArrayList<>();
        for (int i = 0; i < head; i++) {
            edits.add(new Edit(' ', i, i));
        }
        middle(old.subList(head, old.size() - tail), now.subList(head, now.size() - tail), head, edits);
        for (int i = tail; i > 0; i--) {
            edits.add(new Edit(' ', old.size() - i, now.size() - i));
        }
        return edits;
    }

    private static void middle(List<String> old, List<String> now, int offset, List<Edit> edits) {
        List<int[]> trace = new ArrayList<>();
        int most = Math.min(MOST_EDITS, old.size() + now.size());
        int[] furthest = new int[2 * most + 3];
        for (int d = 0; d <= most; d++) {
            trace.add(furthest.clone());
            for (int k = -d; k <= d; k += 2) {
                int x = down(furthest, k, d, most) ? furthest[most + k + 2] : furthest[most + k] + 1;
                int y = x - k;
                while (x < old.size() && y < now.size() && old.get(x).equals(now.get(y))) {
                    x++;
                    y++;
                }
                furthest[most + k + 1] = x;
                if (x >= old.size() && y >= now.size()) {
                    back(trace, old.size(), now.size(), most, offset, edits);
                    return;
                }
            }
        }
        for (int i = 0; i < old.size(); i++) {
            edits.add(new Edit('-', offset + i, offset));
        }
        for (int i = 0; i < now.size(); i++) {
            edits.add(new Edit('+', offset + old.size(), offset + i));
        }
    }

    /** Index of diagonal k is {@code most + k + 1}. */
    private static boolean down(int[] furthest, int k, int d, int most) {
        return k == -d || (k != d && furthest[most + k] < furthest[most + k + 2]);
    }

    private static void back(List<int[]> trace, int oldSize, int nowSize, int most, int offset, List<Edit> edits) {
        List<Edit> reversed = new ArrayList<>();
        int x = oldSize;
        int y = nowSize;
        for (int d = trace.size() - 1; d >= 0; d--) {
            int[] furthest = trace.get(d);
            int k = x - y;
            int before = down(furthest, k, d, most) ? k + 1 : k - 1;
            int fromX = d == 0 ? 0 : furthest[most + before + 1];
            int fromY = d == 0 ? 0 : fromX - before;
            while (x > fromX && y > fromY) {
                x--;
                y--;
                reversed.add(new Edit(' ', offset + x, offset + y));
            }
            if (d > 0 && x == fromX) {
                y--;
                reversed.add(new Edit('+', offset + x, offset + y));
            } else if (d > 0) {
                x--;
                reversed.add(new Edit('-', offset + x, offset + y));
            }
        }
        for (int i = reversed.size() - 1; i >= 0; i--) {
            edits.add(reversed.get(i));
        }
    }
}
