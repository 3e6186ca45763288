package org.cchq.migrate.agent;

import java.util.Map;
import java.util.Optional;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.RunControl;
import org.cchq.migrate.kind.blobs.HqSettings;
import org.cchq.migrate.kind.metadata.MetadataSettings;
import org.cchq.migrate.kind.metadata.MetadataSpec;
import org.cchq.migrate.kind.metadata.MetadataVerification;
import org.jspecify.annotations.Nullable;

/** {@code verify_blob_metadata}: command line to {@link MetadataVerification}. */
final class VerifyMetadataCommand implements AgentCommand {
    static final String NAME = MetadataVerification.NAME;
    private static final Option WITH_STORE =
            BlobMigrationOptions.flag("with-store", "also ask the blob database for every blob");
    private static final Option REPAIR = BlobMigrationOptions.flag("repair", "insert the rows that are missing");
    static final Options OPTIONS = known();

    private final AgentContext context;

    VerifyMetadataCommand(AgentContext context) {
        this.context = context;
    }

    private static Options known() {
        Options options = BlobMigrationOptions.common();
        options.addOption(BlobMigrationOptions.LOG_DIR);
        options.addOption(BlobMigrationOptions.CHUNK_SIZE);
        options.addOption(WITH_STORE);
        options.addOption(REPAIR);
        return options;
    }

    @Override
    public String usage() {
        return NAME + " [options]";
    }

    @Override
    public Options options() {
        return OPTIONS;
    }

    @Override
    public ExitCode run(CommandLineReader line) throws UserException, EndpointException, InterruptedException {
        Asked asked = new Asked();
        asked.check(line::requireNoWords);
        asked.check(() -> AgentOutput.format(line));
        int chunk = asked.or(1, () -> line.number(BlobMigrationOptions.CHUNK_SIZE, 1_000, 1, 100_000));
        MetadataSpec spec = MetadataInput.spec(context, line, asked, chunk);
        asked.throwIfMistyped();
        Map<String, @Nullable Object> object = MetadataInput.object(context, line, asked);
        MetadataSettings settings = MetadataSettings.of(object);
        RunControl control = new RunControl(1);
        if (!line.has(WITH_STORE)) {
            return run(line, spec, settings, control, Optional.empty());
        }
        try (StoredBlobs stores = StoredBlobs.open(HqSettings.of(object).blobDb())) {
            stores.probe();
            return run(line, spec, settings, control, Optional.of(stores));
        }
    }

    private ExitCode run(
            CommandLineReader line,
            MetadataSpec spec,
            MetadataSettings settings,
            RunControl control,
            Optional<MetadataVerification.BlobPresence> stores)
            throws UserException, EndpointException, InterruptedException {
        try (AgentOutput output = AgentOutput.lines(context, line);
                Requests requests = Requests.listen(context, line, control)) {
            return new MetadataVerification(
                            spec,
                            settings,
                            output,
                            control,
                            context.clock(),
                            VersionCommand.version(),
                            new MetadataVerification.Options(line.has(REPAIR), stores))
                    .run();
        }
    }
}
