package org.cchq.migrate.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.report.ProgressLine;
import org.cchq.migrate.report.Wording;
import org.cchq.migrate.run.JobStatus;
import org.cchq.migrate.ssh.ShellWords;
import org.jspecify.annotations.Nullable;

/** A job as it is shown, and what to type next. */
final class JobLines {
    private JobLines() {}

    /** For a person. */
    static List<String> of(String environment, JobsOfHosts.Found found) {
        JobStatus status = found.status();
        List<String> lines = new ArrayList<>();
        String state = status.state().name().toLowerCase(Locale.ROOT);
        lines.add(found.host().name() + "  " + status.job().id() + "  " + state
                + (status.exit().isPresent() ? ", exit " + status.exit().getAsInt() : "")
                + ", by " + status.job().by());
        status.progress()
                .ifPresent(progress -> lines.add(
                        "  " + ProgressLine.of(Wording.ofJob(status.job().id()), progress.snapshot(), 78)));
        if (status.ended().isEmpty()
                && status.state() != JobStatus.State.RUNNING
                && !status.complaint().isEmpty()) {
            lines.add("  " + status.complaint());
        }
        String next = next(environment, status);
        if (!next.isEmpty()) {
            lines.add("  " + (status.state() == JobStatus.State.DIED ? "resume with: " : "next: ") + next);
        }
        return lines;
    }

    /** For a program. */
    static Map<String, @Nullable Object> fields(String environment, JobsOfHosts.Found found) {
        JobStatus status = found.status();
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("host", found.host().name());
        fields.put("id", status.job().id());
        fields.put("phase", status.job().phase());
        fields.put("state", status.state().name().toLowerCase(Locale.ROOT));
        fields.put("by", status.job().by());
        fields.put("version", status.job().version());
        fields.put("exit", status.exit().isPresent() ? (Object) status.exit().getAsInt() : null);
        fields.put(
                "progress",
                status.progress().map(event -> (Object) event.fields()).orElse(null));
        fields.put("ended", status.ended().map(event -> (Object) event.fields()).orElse(null));
        fields.put("complaint", status.ended().isEmpty() ? status.complaint() : "");
        fields.put("next", next(environment, status));
        return fields;
    }

    /** What to type next. */
    static String next(String environment, JobStatus status) {
        return switch (status.state()) {
            case RUNNING ->
                "cchq-migrate " + environment + " attach " + status.job().migration();
            case DIED -> resume(environment, status);
            case ENDED ->
                status.ended().isPresent()
                        ? NextCommand.after(
                                environment,
                                status.job().migration(),
                                status.job().phase(),
                                status.ended().get())
                        : status.exit().orElse(0) == 0 ? "" : resume(environment, status);
        };
    }

    private static String resume(String environment, JobStatus status) {
        List<String> command = status.job().command();
        Optional<MigrationPhase> own = MigrationPhase.of(status.job()).filter(phase -> !phase.isHqs());
        if (own.isEmpty()) {
            return "cchq " + environment + " django-manage " + ShellWords.join(command);
        }
        List<String> options = command.stream().skip(own.get().ownWords()).toList();
        return "cchq-migrate " + environment + " run " + status.job().migration() + " "
                + status.job().phase() + (options.isEmpty() ? "" : " " + ShellWords.join(options));
    }
}
