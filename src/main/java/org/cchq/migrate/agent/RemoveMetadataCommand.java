package org.cchq.migrate.agent;

import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.LeaseHeldException;
import org.cchq.migrate.engine.RunControl;
import org.cchq.migrate.kind.metadata.MetadataReversal;
import org.cchq.migrate.kind.metadata.MetadataReversal.Mode;
import org.cchq.migrate.kind.metadata.MetadataSettings;
import org.cchq.migrate.kind.metadata.MetadataSpec;

/** {@code remove_blob_metadata}: command line to {@link MetadataReversal}. */
final class RemoveMetadataCommand implements AgentCommand {
    static final String NAME = MetadataReversal.NAME;
    private static final Option CHECK = BlobMigrationOptions.flag("check", "only count what would be removed");
    static final Options OPTIONS = known();

    private final AgentContext context;

    RemoveMetadataCommand(AgentContext context) {
        this.context = context;
    }

    private static Options known() {
        Options options = BlobMigrationOptions.common();
        options.addOption(BlobMigrationOptions.LOG_DIR);
        options.addOption(CHECK);
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
    public ExitCode run(CommandLineReader line)
            throws UserException, EndpointException, LeaseHeldException, InterruptedException {
        Asked asked = new Asked();
        asked.check(line::requireNoWords);
        asked.check(() -> AgentOutput.format(line));
        MetadataSpec spec = MetadataInput.spec(context, line, asked, 1);
        asked.throwIfMistyped();
        MetadataSettings settings = MetadataSettings.of(MetadataInput.object(context, line, asked));
        RunControl control = new RunControl(1);
        try (AgentOutput output = AgentOutput.lines(context, line);
                Requests requests = Requests.listen(context, line, control)) {
            return new MetadataReversal(
                            spec,
                            settings,
                            output,
                            control,
                            context.clock(),
                            VersionCommand.version(),
                            line.has(CHECK) ? Mode.CHECK : Mode.REMOVE)
                    .run();
        }
    }
}
