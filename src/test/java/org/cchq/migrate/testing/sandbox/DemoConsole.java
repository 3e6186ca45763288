package org.cchq.migrate.testing.sandbox;

import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a person sees of the demonstration: a heading a step, the commands as typed, and how long each step took. */
final class DemoConsole {
    private static final int SHOWN = 3;
    /** As check_blob_logs and migrate_metadata write them: a class, then a log record, a key or a document. */
    private static final Pattern OF_ONE_BLOB =
            Pattern.compile("(Error: [a-z-]+(?= <)|[A-Z][A-Za-z ]+(?=: (?:\\{|\\S.*/|[0-9a-f]{32}$))).*");

    private final PrintStream out;
    private final Map<String, Object> seconds = new LinkedHashMap<>();
    private int step;
    private String current = "";
    private long since = System.nanoTime();

    DemoConsole(PrintStream out) {
        this.out = out;
    }

    /**
     * Begins a step.
     *
     * @param name one word, for the figures
     */
    void heading(String name, String title) {
        finish();
        current = name;
        since = System.nanoTime();
        String text = ++step + ". " + title;
        out.println();
        out.println(text);
        out.println("-".repeat(text.length()));
    }

    /** Ends the step that is running. */
    void finish() {
        if (!current.isEmpty()) {
            double took = Duration.ofNanos(System.nanoTime() - since).toMillis() / 1000.0;
            seconds.put(current, took);
            out.printf(Locale.ROOT, "(%.1f s)%n", took);
            current = "";
        }
    }

    /** Shows a command, one word after the other, on lines of 80 columns where words allow that. */
    void typed(List<String> words) {
        StringBuilder line = new StringBuilder("$");
        for (String word : words) {
            if (line.length() + word.length() > 77 && line.length() > 5) {
                out.println(line + " \\");
                line.setLength(0);
                line.append("   ");
            }
            line.append(' ').append(word);
        }
        out.println(line);
        out.flush();
    }

    void line(String text) {
        out.println(text);
        out.flush();
    }

    /**
     * Shows lines of a command as they come: of those that tell of one blob each, three of a kind, and at the end how many
     * more there were.
     */
    Consumer<Optional<String>> folding() {
        Map<String, Integer> seen = new LinkedHashMap<>();
        return line -> {
            if (line.isEmpty()) {
                seen.forEach((kind, count) -> {
                    if (count > SHOWN) {
                        line("(" + (count - SHOWN) + " more lines of \"" + kind + "\")");
                    }
                });
                return;
            }
            Matcher matcher = OF_ONE_BLOB.matcher(line.get());
            if (!matcher.matches() || seen.merge(matcher.group(1), 1, Integer::sum) <= SHOWN) {
                line(line.get());
            }
        };
    }

    /** Step to its seconds. */
    Map<String, Object> seconds() {
        return seconds;
    }
}
