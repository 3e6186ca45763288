package org.cchq.migrate.agent;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.RunControl;
import org.cchq.migrate.kind.blobs.HqSettings;
import org.cchq.migrate.kind.metadata.AttachmentMove;
import org.cchq.migrate.kind.metadata.MetadataSettings;
import org.cchq.migrate.kind.metadata.MetadataSpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code run_sql NAME}, as far as a migration needs it: HQ's statement that moves form attachments, in Java. */
final class RunSqlCommand implements AgentCommand {
    static final String NAME = "run_sql";
    private static final Logger LOG = LoggerFactory.getLogger(RunSqlCommand.class);
    private static final List<String> STATEMENTS = List.of(AttachmentMove.NAME);
    private static final List<String> BLOB_DB =
            List.of("S3_BLOB_DB_SETTINGS", "SHARED_DRIVE_ROOT", "SHARED_DRIVE_CONF");
    private static final Option LOG_OUTPUT = BlobMigrationOptions.flag("log-output", "what is printed is logged, too");
    private static final Option YES = BlobMigrationOptions.flag("yes", "do not ask");
    private static final Option CHUNK = BlobMigrationOptions.valued("chunk-size", "N", "rows of one statement (1000)");
    static final Options OPTIONS = known();

    private final AgentContext context;

    RunSqlCommand(AgentContext context) {
        this.context = context;
    }

    private static Options known() {
        Options options = BlobMigrationOptions.common();
        Stream.of(LOG_OUTPUT, YES, CHUNK).forEach(options::addOption);
        return options;
    }

    @Override
    public String usage() {
        return NAME + " [options] " + String.join("|", STATEMENTS);
    }

    @Override
    public Options options() {
        return OPTIONS;
    }

    @Override
    public ExitCode run(CommandLineReader line) throws UserException, EndpointException, InterruptedException {
        Asked asked = new Asked();
        asked.check(() -> statement(line.words()));
        asked.check(() -> AgentOutput.format(line));
        MetadataSpec spec = new MetadataSpec(
                line.typed(),
                context.directory(),
                false,
                asked.or(1, () -> line.number(CHUNK, 1_000, 1, 100_000)),
                line.text(BlobMigrationOptions.RUN_BY).orElse(System.getProperty("user.name", "?")));
        asked.throwIfMistyped();
        Map<String, @Nullable Object> object = MetadataInput.object(context, line, asked);
        MetadataSettings settings = MetadataSettings.of(object);
        confirm(line);
        RunControl control = new RunControl(1);
        boolean stores = BLOB_DB.stream().anyMatch(object::containsKey);
        try (AgentOutput output = AgentOutput.lines(context, line);
                Requests requests = Requests.listen(context, line, control)) {
            if (line.has(LOG_OUTPUT)) {
                output.copyLinesTo(text -> LOG.info("{}", text));
            }
            if (!stores) {
                return run(spec, settings, output, control, Optional.empty());
            }
            try (StoredBlobs blobs = StoredBlobs.open(HqSettings.of(object).blobDb())) {
                return run(spec, settings, output, control, Optional.of(blobs::copy));
            }
        }
    }

    private ExitCode run(
            MetadataSpec spec,
            MetadataSettings settings,
            AgentOutput output,
            RunControl control,
            Optional<AttachmentMove.BlobCopier> copier)
            throws UserException, EndpointException, InterruptedException {
        return new AttachmentMove(spec, settings, output, control, context.clock(), VersionCommand.version(), copier)
                .run();
    }

    private static void statement(String... words) throws UsageException {
        if (words.length != 1 || !STATEMENTS.contains(words[0])) {
            String given = words.length == 0 ? "" : words[0];
            throw new UsageException(NAME + ": '" + String.join(" ", words) + "' is not one of "
                    + String.join(", ", STATEMENTS) + NearestName.hint(given, STATEMENTS));
        }
    }

    private void confirm(CommandLineReader line) throws UserException {
        if (line.has(YES)) {
            return;
        }
        boolean typed = false;
        if (!line.text(BlobMigrationOptions.SETTINGS).orElse("").equals("-")) {
            context.out().println("Move all form attachments to blobs_blobmeta? There is no way back. [y/N]");
            try {
                typed = DoctypeInput.line(context.in())
                        .filter(answer -> answer.strip().equalsIgnoreCase("y"))
                        .isPresent();
            } catch (IOException e) {
                throw new UserException("the answer cannot be read: " + e, e);
            }
        }
        if (!typed) {
            throw new UserException("Nothing was moved; answer y, or give --yes");
        }
    }
}
