package org.cchq.migrate.agent;

import java.util.Optional;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointPatience;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.LeaseHeldException;
import org.cchq.migrate.engine.RunControl;
import org.cchq.migrate.hq.CouchDatabases;
import org.cchq.migrate.kind.doctypes.ConflictDeletion;
import org.cchq.migrate.store.document.CouchDatabase;
import org.cchq.migrate.store.document.CouchSpec;

/** {@code delete_doc_conflicts [--batch_size 500]}: in the main database, or in another one. */
final class DeleteDocConflictsCommand implements AgentCommand {
    static final String NAME = "delete_doc_conflicts";
    private static final Options OPTIONS = DoctypeOptions.conflicts();

    private final AgentContext context;

    DeleteDocConflictsCommand(AgentContext context) {
        this.context = context;
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
        int batch = asked.or(1, () -> line.number(DoctypeOptions.BATCH_SIZE, 500, 1, 10_000));
        int rate = asked.or(1, () -> line.number(DoctypeOptions.RATE, 500, 0, 1_000_000));
        asked.check(() -> AgentOutput.format(line));
        asked.check(line::requireNoWords);
        asked.throwIfMistyped();
        CouchSpec spec = database(DoctypeInput.settings(context, line).couch(), line.text(DoctypeOptions.DATABASE));
        CouchDatabase database = new CouchDatabase(spec);
        if (!new EndpointPatience(Sleeper.SYSTEM).ask(database::exists)) {
            throw new UserException(spec.endpoint() + " does not exist");
        }
        RunControl control = new RunControl(1);
        try (DoctypeAgentOutput output = DoctypeAgentOutput.open(context, line);
                Requests requests = Requests.listen(context, line, control)) {
            return new ConflictDeletion(
                            database,
                            DoctypeSite.directory(context, line, NAME),
                            context.clock(),
                            control,
                            rate,
                            output::line)
                    .run(batch)
                    .exit();
        }
    }

    private static CouchSpec database(CouchDatabases couch, Optional<String> alias) throws UserException {
        String part = alias.filter(name -> !name.equals(CouchDatabases.MAIN)).orElse("");
        return couch.of(part)
                .orElseThrow(() ->
                        new UserException("COUCH_DATABASES: '" + alias.orElse(CouchDatabases.MAIN) + "' is missing"
                                + NearestName.hint(part, couch.byAlias().keySet())));
    }
}
