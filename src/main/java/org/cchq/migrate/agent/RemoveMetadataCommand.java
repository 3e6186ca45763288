package org.cchq.migrate.agent;

import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UsageException;
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
    static final Options OPTIONS = options();

    private final AgentContext context;

    RemoveMetadataCommand(AgentContext context) {
        this.context = context;
    }

    private static Options options() {
        Options options = BlobMigrationOptions.common();
        options.addOption(BlobMigrationOptions.LOG_DIR);
        options.addOption(CHECK);
        return options;
    }

    @Override
    public String help() {
        return OptionsText.of(NAME + " [options]", OPTIONS);
    }

    @Override
    public ExitCode run(String... args)
            throws UserException, EndpointException, LeaseHeldException, InterruptedException {
        CommandLineReader line = CommandLineReader.parse(OPTIONS, args);
        if (line.has(BlobMigrationOptions.HELP)) {
            context.out().println(help());
            return ExitCode.SUCCESS;
        }
        Asked asked = new Asked();
        asked.check(() -> noWords(line));
        asked.check(() -> AgentOutput.format(line));
        MetadataSpec spec = new MetadataSpec(
                Stream.concat(Stream.of(NAME), Arrays.stream(args)).toList(),
                asked.or(context.directory(), () -> LogPlace.of(context, line, MetadataSpec.SLUG)),
                false,
                1,
                line.text(BlobMigrationOptions.RUN_BY).orElse(System.getProperty("user.name", "?")));
        asked.throwIfMistyped();
        MetadataSettings settings = MetadataInput.settings(context, line, asked);
        RunControl control = new RunControl(1);
        try (AgentOutput output = AgentOutput.lines(context, line);
                Requests requests = Requests.listen(context, line, control)) {
            return new MetadataReversal(
                            spec,
                            settings,
                            output,
                            control,
                            context.clock(),
                            line.has(CHECK) ? Mode.CHECK : Mode.REMOVE)
                    .run();
        }
    }

    private static void noWords(CommandLineReader line) throws UsageException {
        if (line.words().length > 0) {
            throw new UsageException(NAME + " takes no words, found '" + String.join("' and '", line.words()) + "'");
        }
    }
}
