package org.cchq.migrate.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.console.Console;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.run.JobStatus;
import org.jspecify.annotations.Nullable;

/** {@code status doctype:SLUG}: the stage, who carries what, gates, jobs, and what to type next. */
final class DoctypeStatus {
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final DoctypeSite doctypes;
    private final Console console;

    DoctypeStatus(DoctypeSite doctypes) {
        this.doctypes = doctypes;
        this.console = doctypes.site().console();
    }

    int show(boolean watch, boolean json) throws UserException, EndpointException, InterruptedException {
        while (true) {
            List<JobsOfHosts.Found> jobs = doctypes.jobs();
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("environment", doctypes.site().environment().name());
            fields.put("migration", doctypes.word());
            if (!watch) {
                standing(jobs, fields, json);
            }
            jobs(jobs, fields, json);
            boolean running = jobs.stream().anyMatch(found -> found.status().state() == JobStatus.State.RUNNING);
            if (!watch || !running) {
                return ExitCode.SUCCESS.code();
            }
            doctypes.site().sleeper().sleep(PAUSE);
        }
    }

    private void standing(List<JobsOfHosts.Found> jobs, Map<String, @Nullable Object> fields, boolean json)
            throws EndpointException, InterruptedException {
        try {
            DoctypeStanding standing = doctypes.standing();
            DoctypeAhead ahead = DoctypeAhead.of(doctypes, standing, jobs, DoctypeMove.DEFAULT_LAG);
            fields.putAll(standing.fields());
            fields.put("ahead", ahead.fields());
            if (!json) {
                lines(standing).forEach(console::result);
                ahead(ahead).forEach(console::result);
            }
        } catch (UserException e) {
            fields.put("obstacle", e.getMessage());
            if (!json) {
                console.result("stage    not known: " + e.getMessage());
            }
        }
    }

    /** Where it stands. */
    static List<String> lines(DoctypeStanding standing) {
        List<String> lines = new ArrayList<>();
        lines.add(
                "stage    " + standing.stage().word() + ": " + standing.stage().text());
        lines.add("source   " + standing.source());
        lines.add("target   " + standing.target());
        if (!standing.runner().isEmpty()) {
            lines.add("forward  " + standing.lag().text());
            lines.add("         " + standing.runner());
        }
        if (!standing.reverseRunner().isEmpty()) {
            lines.add("back     " + standing.reverseLag().text());
            lines.add("         " + standing.reverseRunner());
        }
        if (!standing.doubt().isEmpty()) {
            lines.add("doubt    " + standing.doubt());
        }
        if (standing.failed() > 0) {
            lines.add("failed   " + standing.failed() + " documents; each run tries them again");
        }
        standing.marks().forEach((mark, at) -> lines.add("since    " + at + " " + mark.replace('_', ' ')));
        return lines;
    }

    private List<String> ahead(DoctypeAhead ahead) {
        List<String> lines = new ArrayList<>();
        if (!ahead.act().to().isEmpty()) {
            lines.add("next     to " + ahead.act().to());
        }
        lines.addAll(StandingLines.gates(ahead.gates()));
        if (ahead.open() && !ahead.act().to().isEmpty()) {
            lines.add("type     " + doctypes.typed("advance", ""));
        }
        return lines;
    }

    private void jobs(List<JobsOfHosts.Found> jobs, Map<String, @Nullable Object> fields, boolean json) {
        String environment = doctypes.site().environment().name();
        if (json) {
            fields.put("jobs", JobsView.fields(environment, jobs));
            console.result(Json.write(fields));
            return;
        }
        JobsView.lines(environment, jobs).forEach(console::result);
    }
}
