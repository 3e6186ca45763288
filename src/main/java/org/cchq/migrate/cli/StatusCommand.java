package org.cchq.migrate.cli;

import static org.cchq.migrate.cli.Arguments.flag;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.report.ProgressLine;
import org.cchq.migrate.run.JobStatus;
import org.cchq.migrate.stage.MoveOptions;
import org.cchq.migrate.stage.Standing;
import org.jspecify.annotations.Nullable;

/** {@code status}: which jobs there are, and how far they are. */
final class StatusCommand implements Command {
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final int SHOWN = 5;

    @Override
    public String name() {
        return "status";
    }

    @Override
    public String arguments() {
        return "[blobs] [options]";
    }

    @Override
    public String summary() {
        return "Stage by files and host by host, where ports lead, gates, jobs, and what to type next.";
    }

    @Override
    public Options options() {
        Options options = new Options();
        options.addOption(flag("watch", "again every 2 seconds, until no job is running"));
        options.addOption(flag("json", "one JSON object a look"));
        return options;
    }

    @Override
    public int run(Site site, CommandLine line) throws UserException, EndpointException, InterruptedException {
        Arguments.requireMigration(line, name(), true);
        boolean standing = !line.getArgList().isEmpty() && !line.hasOption("watch");
        Map<String, @Nullable Object> where = new LinkedHashMap<>();
        if (standing) {
            where.putAll(standing(site, line.hasOption("json")));
        }
        while (true) {
            List<JobsOfHosts.Found> all = JobsOfHosts.all(site);
            show(site, all, where, line.hasOption("json"));
            boolean running = all.stream().anyMatch(found -> found.status().state() == JobStatus.State.RUNNING);
            if (!line.hasOption("watch") || !running) {
                return ExitCode.SUCCESS.code();
            }
            site.sleeper().sleep(PAUSE);
        }
    }

    /** Stage by files, hosts, ports and gates; shown, or as fields. */
    private static Map<String, @Nullable Object> standing(Site site, boolean json)
            throws EndpointException, InterruptedException {
        String environment = site.environment().name();
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        try {
            Standing standing = Standing.of(new SiteGround(site), StandingLines.SILENT, MoveOptions.onlyShow());
            fields.putAll(standing.fields(environment));
            if (!json) {
                StandingLines.of(environment, standing).forEach(site.console()::result);
            }
        } catch (UserException e) {
            fields.put("obstacle", e.getMessage());
            if (!json) {
                site.console().result("stage  not known: " + e.getMessage());
            }
        }
        return fields;
    }

    private static void show(
            Site site, List<JobsOfHosts.Found> all, Map<String, @Nullable Object> where, boolean json) {
        String environment = site.environment().name();
        if (json) {
            List<@Nullable Object> jobs = new ArrayList<>();
            all.forEach(found -> jobs.add(fields(environment, found)));
            Map<String, @Nullable Object> object = new LinkedHashMap<>();
            object.put("environment", environment);
            object.putAll(where);
            object.put("jobs", jobs);
            site.console().result(Json.write(object));
            return;
        }
        if (all.isEmpty()) {
            site.console().result("no job of the blob migration yet");
            if (where.isEmpty()) {
                site.console().result("next: cchq-migrate " + environment + " run blobs back-fill");
            }
        }
        all.stream().limit(SHOWN).forEach(found -> lines(environment, found).forEach(site.console()::result));
        if (all.size() > SHOWN) {
            site.console().result("and " + (all.size() - SHOWN) + " older");
        }
    }

    private static List<String> lines(String environment, JobsOfHosts.Found found) {
        JobStatus status = found.status();
        List<String> lines = new ArrayList<>();
        String state = status.state().name().toLowerCase(Locale.ROOT);
        lines.add(found.host().name() + "  " + status.job().id() + "  " + state
                + (status.exit().isPresent() ? ", exit " + status.exit().getAsInt() : "")
                + ", by " + status.job().by());
        status.progress().ifPresent(progress -> lines.add("  " + ProgressLine.of(progress.snapshot(), 78)));
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

    private static Map<String, @Nullable Object> fields(String environment, JobsOfHosts.Found found) {
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
            case RUNNING -> "cchq-migrate " + environment + " attach blobs";
            case DIED -> resume(environment, status);
            case ENDED ->
                status.ended().isPresent()
                        ? NextCommand.after(
                                environment,
                                status.job().phase(),
                                status.ended().get())
                        : status.exit().orElse(0) == 0 ? "" : resume(environment, status);
        };
    }

    private static String resume(String environment, JobStatus status) {
        Optional<BlobPhase> own = BlobPhase.of(status.job().phase()).filter(phase -> !phase.isHqs());
        if (own.isPresent()) {
            List<String> options = status.job().command().stream()
                    .skip(own.get().command().size())
                    .toList();
            return "cchq-migrate " + environment + " run blobs " + own.get().word()
                    + (options.isEmpty() ? "" : " " + org.cchq.migrate.ssh.ShellWords.join(options));
        }
        return "cchq " + environment + " django-manage "
                + org.cchq.migrate.ssh.ShellWords.join(status.job().command());
    }
}
