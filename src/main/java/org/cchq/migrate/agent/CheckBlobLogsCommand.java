package org.cchq.migrate.agent;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.kind.blobs.CheckBlobLogs;
import org.cchq.migrate.kind.blobs.CheckBlobLogsResult;
import org.cchq.migrate.kind.blobs.Ends;
import org.cchq.migrate.kind.blobs.HqSettings;
import org.cchq.migrate.migration.AgentEvent;
import org.cchq.migrate.migration.Counts;

/** {@code check_blob_logs [options] FILE...}; with {@code --output json} one object of all counts on one line. */
final class CheckBlobLogsCommand implements AgentCommand {
    private static final Options OPTIONS = BlobMigrationOptions.check();

    private final AgentContext context;

    CheckBlobLogsCommand(AgentContext context) {
        this.context = context;
    }

    @Override
    public String usage() {
        return "check_blob_logs [options] FILE...";
    }

    @Override
    public Options options() {
        return OPTIONS;
    }

    @Override
    public ExitCode run(CommandLineReader line) throws UserException, EndpointException, InterruptedException {
        int workers = line.number(BlobMigrationOptions.NUM_WORKERS, CheckBlobLogs.DEFAULT_WORKERS, 1, 1024);
        List<Path> files =
                Stream.of(line.words()).map(context.directory()::resolve).toList();
        if (files.isEmpty()) {
            throw new UsageException("check_blob_logs names no file; give the log files of a migration");
        }
        AgentOutput.format(line);
        CheckBlobLogs.requireReadable(files);
        HqSettings settings = SettingsInput.read(context, line);
        try (AgentOutput output = AgentOutput.open(context, line, 1);
                Ends ends = Ends.open(settings, workers, OptionalLong.empty())) {
            ends.source().probeSource();
            ends.target().probeSource();
            tellStarted(output, ends, line);
            Thread running = Thread.currentThread();
            context.stop().listen(by -> running.interrupt());
            boolean migrate = line.has(BlobMigrationOptions.MIGRATE);
            boolean json = line.text(BlobMigrationOptions.OUTPUT)
                    .filter("json"::equals)
                    .isPresent();
            Consumer<String> lines = json ? text -> {} : context.out()::println;
            CheckBlobLogsResult result = new CheckBlobLogs(
                            ends.target(),
                            ends.source(),
                            ends.rows(),
                            settings.couch(),
                            Sleeper.SYSTEM,
                            lines,
                            (key, what) -> output.event(
                                    new AgentEvent.Checked(context.clock().instant(), key, what)))
                    .run(files, migrate, workers);
            if (json) {
                context.out().println(Json.write(result.toJson()));
            }
            tellEnded(output, result, line);
            return result.exitCode();
        }
    }

    private void tellStarted(AgentOutput output, Ends ends, CommandLineReader line) {
        output.event(new AgentEvent.Started(
                context.clock().instant(),
                VersionCommand.version(),
                line.typed(),
                ends.source().description(),
                ends.target().description(),
                String.join(" ", line.words()),
                "",
                1,
                false,
                line.text(BlobMigrationOptions.RUN_BY).orElse(""),
                AgentEvent.Started.ALL_DATES,
                context.clock().instant()));
    }

    private void tellEnded(AgentOutput output, CheckBlobLogsResult result, CommandLineReader line) {
        boolean left = !result.migrate() && result.foundInOld() > 0;
        output.event(new AgentEvent.Ended(
                context.clock().instant(),
                result.interrupted() ? "stopped" : result.exitCode() == ExitCode.SUCCESS ? "complete" : "incomplete",
                result.exitCode().code(),
                result.summary(),
                Counts.NONE,
                Counts.NONE,
                String.join(" ", line.words()),
                left ? "check_blob_logs --migrate " + String.join(" ", line.words()) : ""));
    }
}
