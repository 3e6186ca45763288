package org.cchq.migrate.agent;

import java.util.Optional;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UsageException;

/** Prints the version, which has to be the controller's. */
final class VersionCommand implements AgentCommand {
    private static final Options OPTIONS = new Options().addOption(BlobMigrationOptions.HELP);

    private final AgentContext context;

    VersionCommand(AgentContext context) {
        this.context = context;
    }

    @Override
    public ExitCode run(CommandLineReader line) throws UsageException {
        line.requireNoWords();
        context.out().println(version());
        return ExitCode.SUCCESS;
    }

    @Override
    public String usage() {
        return "version";
    }

    @Override
    public Options options() {
        return OPTIONS;
    }

    /** As the jar's manifest says; {@code development} outside a jar. */
    static String version() {
        return Optional.ofNullable(AgentMain.class.getPackage().getImplementationVersion())
                .orElse("development");
    }
}
