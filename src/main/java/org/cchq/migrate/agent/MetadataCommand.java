package org.cchq.migrate.agent;

import java.util.List;
import org.apache.commons.cli.Option;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.LeaseHeldException;
import org.cchq.migrate.engine.RunControl;
import org.cchq.migrate.kind.metadata.MetadataMigration;
import org.cchq.migrate.kind.metadata.MetadataSettings;
import org.cchq.migrate.kind.metadata.MetadataSpec;

/** {@code run_blob_migration migrate_metadata}: command line to {@link MetadataSpec}, run, exit status. */
final class MetadataCommand {
    /** Those of {@code run_blob_migration} that mean nothing here. */
    private static final List<Option> OF_OTHERS = List.of(
            BlobMigrationOptions.DATE_RANGE,
            BlobMigrationOptions.DAY_BY_DAY,
            BlobMigrationOptions.SETTLE,
            BlobMigrationOptions.LISTING,
            BlobMigrationOptions.KEEP_ORPHANS,
            BlobMigrationOptions.PART_SIZE);

    private final AgentContext context;

    MetadataCommand(AgentContext context) {
        this.context = context;
    }

    ExitCode run(CommandLineReader line)
            throws UserException, EndpointException, LeaseHeldException, InterruptedException {
        Asked asked = new Asked();
        for (Option option : OF_OTHERS) {
            asked.check(() -> refuse(line, option));
        }
        asked.check(() -> AgentOutput.format(line));
        int workers = asked.or(1, () -> line.number(BlobMigrationOptions.NUM_WORKERS, 10, 1, 1024));
        int chunk = asked.or(1, () -> line.number(BlobMigrationOptions.CHUNK_SIZE, 100, 1, 100_000));
        MetadataSpec spec = MetadataInput.spec(context, line, asked, chunk);
        asked.throwIfMistyped();
        MetadataSettings settings = MetadataSettings.of(MetadataInput.object(context, line, asked));
        RunControl control = new RunControl(MetadataMigration.WORKERS);
        try (AgentOutput output = AgentOutput.lines(context, line);
                Requests requests = Requests.listen(context, line, control)) {
            if (line.has(BlobMigrationOptions.NUM_WORKERS)) {
                output.line("--num-workers=" + workers + " ignored because this migration does not use a worker pool");
            }
            return new MetadataMigration(
                            spec, settings, output, control, context.clock(), VersionCommand.version(), context.retry())
                    .run();
        }
    }

    private static void refuse(CommandLineReader line, Option option) throws UsageException {
        if (line.has(option)) {
            throw new UsageException("--" + option.getLongOpt() + " has no meaning for " + MetadataSpec.SLUG);
        }
    }
}
