package org.cchq.migrate.agent;

import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.kind.blobs.Estimate;

/** {@code estimate --settings FILE}: a look at both ends, as one JSON object on one line; changes nothing. */
final class EstimateCommand implements AgentCommand {
    private static final Options OPTIONS = BlobMigrationOptions.common();

    private final AgentContext context;

    EstimateCommand(AgentContext context) {
        this.context = context;
    }

    @Override
    public ExitCode run(CommandLineReader line) throws UserException, EndpointException, InterruptedException {
        line.requireNoWords();
        Estimate estimate = Estimate.of(SettingsInput.read(context, line));
        context.out().println(Json.write(estimate.toFields()));
        return ExitCode.SUCCESS;
    }

    @Override
    public String usage() {
        return "estimate --settings FILE";
    }

    @Override
    public Options options() {
        return OPTIONS;
    }
}
