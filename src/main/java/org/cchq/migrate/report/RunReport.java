package org.cchq.migrate.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.cchq.migrate.migration.AgentEvent;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * What a run did.
 *
 * @param host where it ran
 * @param job its id
 * @param exit its exit status
 * @param ended the agent's last word
 * @param next the next command to type; "" if there is nothing to do
 */
public record RunReport(String host, String job, int exit, AgentEvent.Ended ended, String next) {
    /** The phase of the job: {@code back-fill}. */
    public String phase() {
        return job.substring(job.indexOf('-') + 1);
    }

    /** For a person: one class a line. */
    public List<String> lines() {
        Counts counts = ended.counts();
        List<String> lines = new ArrayList<>();
        lines.add(host + " " + job + ": " + ended.result() + " (exit " + exit + ")"
                + (ended.message().isEmpty() ? "" : ": " + ended.message()));
        lines.add(row("enumerated", counts.enumerated()));
        Wording wording = Wording.ofJob(job);
        wording.rows(counts).forEach((outcome, words) -> lines.add(row(words, counts.of(outcome))));
        if (wording.copies()) {
            lines.add(
                    String.format(Locale.ROOT, "  %-24s %12s", "bytes copied", Amounts.bytes((double) counts.bytes())));
        }
        if (!ended.log().isEmpty()) {
            lines.add("  log: " + ended.log());
        }
        if (!next.isEmpty()) {
            lines.add("  next: " + next);
        }
        return lines;
    }

    /** For a program. */
    public Map<String, @Nullable Object> fields() {
        Counts counts = ended.counts();
        Map<String, @Nullable Object> classes = new LinkedHashMap<>();
        for (Outcome outcome : Outcome.values()) {
            classes.put(outcome.name().toLowerCase(Locale.ROOT), counts.of(outcome));
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("host", host);
        fields.put("job", job);
        fields.put("exit", exit);
        fields.put("result", ended.result());
        fields.put("message", ended.message());
        fields.put("enumerated", counts.enumerated());
        fields.put("counts", classes);
        fields.put("bytes", counts.bytes());
        fields.put("orphans_removed", counts.orphansRemoved());
        fields.put("log", ended.log());
        fields.put("next", next);
        return fields;
    }

    /** {@link #lines()} of a run that had items to go through, else {@link #shortLines()}. */
    public List<String> shownLines() {
        return ended.counts().enumerated() > 0 ? lines() : shortLines();
    }

    /** The lines of a run that copied nothing but looked: its last word in place of a table of zeros. */
    public List<String> shortLines() {
        List<String> lines = new ArrayList<>();
        lines.add(host + " " + job + ": " + ended.result() + " (exit " + exit + ")");
        lines.add("  " + ended.message());
        if (!next.isEmpty()) {
            lines.add("  next: " + next);
        }
        return lines;
    }

    private static String row(String what, long n) {
        return String.format(Locale.ROOT, "  %-24s %12s", what, Amounts.count(n));
    }
}
