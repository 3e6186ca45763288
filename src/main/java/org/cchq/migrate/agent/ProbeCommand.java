package org.cchq.migrate.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.kind.blobs.EndpointsProbe;
import org.cchq.migrate.kind.blobs.ProbeRequest;
import org.cchq.migrate.migration.ProbedEndpoint;

/**
 * {@code probe}: reads a {@link ProbeRequest} from standard input and prints one line of JSON for each endpoint. Exit
 * status 0 if it could find out, whatever it found.
 */
final class ProbeCommand implements AgentCommand {
    private static final int MOST_BYTES = 1 << 20;
    private static final String STANDARD_INPUT = "request (standard input)";
    static final Options OPTIONS = new Options().addOption(BlobMigrationOptions.HELP);

    private final AgentContext context;

    ProbeCommand(AgentContext context) {
        this.context = context;
    }

    @Override
    public ExitCode run(CommandLineReader line) throws UserException, InterruptedException {
        line.requireNoWords();
        ProbeRequest request = request();
        Thread running = Thread.currentThread();
        context.stop().listen(by -> running.interrupt());
        for (ProbedEndpoint found : new EndpointsProbe(request, context.clock()).run()) {
            context.out().println(found.toLine());
        }
        return ExitCode.SUCCESS;
    }

    private ProbeRequest request() throws UserException {
        try {
            byte[] bytes = context.in().readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new UserException(STANDARD_INPUT + ": more than 1 MiB is no request");
            }
            return ProbeRequest.of(Json.readObject(new String(bytes, StandardCharsets.UTF_8), STANDARD_INPUT));
        } catch (IOException e) {
            throw new UserException(STANDARD_INPUT + ": cannot be read: " + e, e);
        }
    }

    @Override
    public String usage() {
        return "probe <REQUEST.json";
    }

    @Override
    public Options options() {
        return OPTIONS;
    }
}
