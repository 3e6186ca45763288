package org.cchq.migrate.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.console.Console;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.report.RunReport;
import org.cchq.migrate.stage.MoveOptions;
import org.jspecify.annotations.Nullable;

/** {@code blobs}: from one store to another. */
record BlobMigration(Site site) implements Migration {
    @Override
    public String word() {
        return BlobPhase.MIGRATION;
    }

    @Override
    public String title() {
        return "the blob migration";
    }

    @Override
    public List<String> phases() {
        return BlobPhase.words();
    }

    @Override
    public int start(CommandLine line) throws UserException, EndpointException, InterruptedException {
        return new BlobStart(site).run(line);
    }

    @Override
    public int status(boolean watch, boolean json) throws UserException, EndpointException, InterruptedException {
        return new BlobStatus(site).show(true, watch, json);
    }

    @Override
    public int plan(TargetHost host, boolean json) throws UserException, EndpointException, InterruptedException {
        return new BlobPlanning(site, host).show(json);
    }

    @Override
    public int forward(CommandLine line) throws UserException, EndpointException, InterruptedException {
        return move(AdvanceCommand.options(line), MoveRun.Direction.FORWARD);
    }

    @Override
    public int backward(CommandLine line) throws UserException, EndpointException, InterruptedException {
        return move(BackCommand.options(line), MoveRun.Direction.BACKWARD);
    }

    private int move(MoveOptions options, MoveRun.Direction direction)
            throws UserException, EndpointException, InterruptedException {
        return new MoveRun(site, new SiteGround(site), options).run(direction);
    }

    /** The last run that copied or compared, and a look at the logs only if it came after that. */
    @Override
    public void report(List<RunReport> ended, boolean json) {
        Console console = site.console();
        Optional<RunReport> copy =
                ended.stream().filter(report -> !onlyLooked(report)).findFirst();
        Optional<RunReport> look = ended.stream().findFirst().filter(BlobMigration::onlyLooked);
        if (!json) {
            copy.ifPresent(report -> report.lines().forEach(console::result));
            look.ifPresent(report -> report.shortLines().forEach(console::result));
            return;
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        copy.ifPresent(report -> fields.putAll(report.fields()));
        look.ifPresent(report -> fields.put("check_logs", report.fields()));
        console.result(Json.write(fields));
    }

    private static boolean onlyLooked(RunReport report) {
        return report.phase().equals(BlobPhase.CHECK_LOGS.word());
    }
}
