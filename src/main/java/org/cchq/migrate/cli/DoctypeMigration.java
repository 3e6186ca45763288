package org.cchq.migrate.cli;

import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.report.RunReport;

/** {@code doctype:SLUG}: document types from one database to another. */
record DoctypeMigration(Site site, String slug) implements Migration {
    @Override
    public String word() {
        return DoctypePhase.PREFIX + slug;
    }

    @Override
    public String title() {
        return word();
    }

    @Override
    public List<String> phases() {
        return DoctypePhase.words();
    }

    @Override
    public String firstPhase() {
        return DoctypePhase.INITIAL.word();
    }

    @Override
    public int start(CommandLine line) throws UserException, EndpointException, InterruptedException {
        return new DoctypeStart(site, slug).run(line);
    }

    @Override
    public int status(boolean watch, boolean json) throws UserException, EndpointException, InterruptedException {
        return new DoctypeStatus(DoctypeSite.of(site, slug)).show(watch, json);
    }

    @Override
    public int plan(TargetHost host, boolean json) throws UserException, EndpointException, InterruptedException {
        return new DoctypePlan(new DoctypeSite(site, host, slug)).show(json);
    }

    @Override
    public int forward(CommandLine line) throws UserException, EndpointException, InterruptedException {
        return new DoctypeMove(DoctypeSite.of(site, slug), DoctypeMove.options(line, "advance")).forward();
    }

    @Override
    public int backward(CommandLine line) throws UserException, EndpointException, InterruptedException {
        return new DoctypeMove(DoctypeSite.of(site, slug), DoctypeMove.options(line, "back")).backward();
    }

    @Override
    public void report(List<RunReport> ended, boolean json) {
        ReportCommand.newestOfEachPhase(site.console(), ended, json);
    }
}
