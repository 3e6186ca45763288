package org.cchq.migrate.stage;

import java.util.ArrayList;
import java.util.List;

/** Everything that advance and back said; answers every question the same way. */
final class Heard implements AdvanceView {
    final List<String> lines = new ArrayList<>();
    final List<Gate> gates = new ArrayList<>();
    private final boolean answer;

    Heard(boolean answer) {
        this.answer = answer;
    }

    @Override
    public void gates(List<Gate> asked) {
        gates.addAll(asked);
    }

    @Override
    public void coming(int number, int of, String title, boolean done, List<String> preview) {
        lines.add(number + "/" + of + " " + title + (done ? " (done)" : ""));
        lines.addAll(preview);
    }

    @Override
    public void step(int number, int of, String title) {
        lines.add("Step " + number + " of " + of + ": " + title);
    }

    @Override
    public void said(String line) {
        lines.add("  " + line);
    }

    @Override
    public boolean confirm(String question) {
        lines.add(question);
        return answer;
    }

    String text() {
        return String.join("\n", lines);
    }
}
