package org.cchq.migrate.cli;

import static org.cchq.migrate.cli.Arguments.flag;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.report.RunReport;
import org.cchq.migrate.run.JobStatus;
import org.jspecify.annotations.Nullable;

/** {@code report blobs}: what the last run did, and what a look at its logs found since. */
final class ReportCommand implements Command {
    @Override
    public String name() {
        return "report";
    }

    @Override
    public String arguments() {
        return Migration.WORDS + " [options]";
    }

    @Override
    public String summary() {
        return "What the last run did: counts by class, its log, the next command.";
    }

    @Override
    public Options options() {
        Options options = new Options();
        options.addOption(flag("json", "one JSON object"));
        return options;
    }

    @Override
    public int run(Site site, CommandLine line) throws UserException, EndpointException, InterruptedException {
        Migration migration = Migration.of(site, line, name(), 0);
        List<JobsOfHosts.Found> ended = JobsOfHosts.all(site, migration.word()).stream()
                .filter(job -> job.status().ended().isPresent())
                .toList();
        if (ended.isEmpty()) {
            throw new UserException("no run has ended yet; see: cchq-migrate "
                    + site.environment().name() + " status");
        }
        Optional<JobsOfHosts.Found> copy =
                ended.stream().filter(job -> !onlyLooked(job)).findFirst();
        if (migration.slug().isPresent()) {
            newestOfEachPhase(site, ended, line.hasOption("json"));
            return ExitCode.SUCCESS.code();
        }
        // A look at the logs counts only if it came after the run whose logs it looked at.
        Optional<JobsOfHosts.Found> look = ended.stream().findFirst().filter(ReportCommand::onlyLooked);
        show(site, copy.map(job -> report(site, job)), look.map(job -> report(site, job)), line.hasOption("json"));
        return ExitCode.SUCCESS.code();
    }

    /** Of document types: each phase did something else. */
    private static void newestOfEachPhase(Site site, List<JobsOfHosts.Found> ended, boolean json) {
        Map<String, RunReport> newest = new LinkedHashMap<>();
        ended.forEach(found -> newest.putIfAbsent(found.status().job().phase(), report(site, found)));
        if (json) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            newest.forEach((phase, report) -> fields.put(phase, report.fields()));
            site.console().result(Json.write(fields));
        } else {
            newest.values().forEach(report -> report.shownLines().forEach(site.console()::result));
        }
    }

    private static boolean onlyLooked(JobsOfHosts.Found job) {
        return job.status().job().phase().equals(BlobPhase.CHECK_LOGS.word());
    }

    private static RunReport report(Site site, JobsOfHosts.Found found) {
        JobStatus status = found.status();
        return new RunReport(
                found.host().name(),
                status.job().id(),
                status.exit().orElse(ExitCode.ENDPOINT.code()),
                status.ended().orElseThrow(),
                JobLines.next(site.environment().name(), status));
    }

    private static void show(Site site, Optional<RunReport> copy, Optional<RunReport> look, boolean json) {
        if (!json) {
            copy.ifPresent(report -> report.lines().forEach(site.console()::result));
            look.ifPresent(report -> report.shortLines().forEach(site.console()::result));
            return;
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        copy.ifPresent(report -> fields.putAll(report.fields()));
        look.ifPresent(report -> fields.put("check_logs", report.fields()));
        site.console().result(Json.write(fields));
    }
}
