package org.cchq.migrate.cli;

import static org.cchq.migrate.cli.Arguments.flag;

import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.report.RunReport;
import org.cchq.migrate.run.JobStatus;

/** {@code report blobs}: what the last run did. */
final class ReportCommand implements Command {
    @Override
    public String name() {
        return "report";
    }

    @Override
    public String arguments() {
        return "blobs [options]";
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
        Arguments.requireMigration(line, name(), false);
        JobsOfHosts.Found found = JobsOfHosts.all(site).stream()
                .filter(job -> job.status().ended().isPresent())
                .findFirst()
                .orElseThrow(() -> new UserException("no run has ended yet; see: cchq-migrate "
                        + site.environment().name() + " status"));
        JobStatus status = found.status();
        String environment = site.environment().name();
        RunReport report = new RunReport(
                found.host().name(),
                status.job().id(),
                status.exit().orElse(ExitCode.ENDPOINT.code()),
                status.ended().orElseThrow(),
                StatusCommand.next(environment, status));
        if (line.hasOption("json")) {
            site.console().result(Json.write(report.fields()));
        } else {
            report.lines().forEach(site.console()::result);
        }
        return ExitCode.SUCCESS.code();
    }
}
