package org.cchq.migrate.cli;

import static org.cchq.migrate.cli.Arguments.flag;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.console.Console;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.report.RunReport;
import org.cchq.migrate.run.JobStatus;
import org.jspecify.annotations.Nullable;

/** {@code report MIGRATION}: what its runs did. */
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
        migration.report(ended.stream().map(found -> report(site, found)).toList(), line.hasOption("json"));
        return ExitCode.SUCCESS.code();
    }

    /** Each phase did something else: the newest of each. */
    static void newestOfEachPhase(Console console, List<RunReport> ended, boolean json) {
        Map<String, RunReport> newest = new LinkedHashMap<>();
        ended.forEach(report -> newest.putIfAbsent(report.phase(), report));
        if (json) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            newest.forEach((phase, report) -> fields.put(phase, report.fields()));
            console.result(Json.write(fields));
        } else {
            newest.values().forEach(report -> report.shownLines().forEach(console::result));
        }
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
}
