package org.cchq.migrate.agent;

import java.nio.file.Path;
import java.util.Optional;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.kind.doctypes.Audit;
import org.cchq.migrate.kind.doctypes.AuditReport;

/** {@code audit_doctype SLUG}: which design documents have to do with the types. Changes neither database. */
final class AuditDoctypeCommand implements AgentCommand {
    static final String NAME = "audit_doctype";
    static final Options OPTIONS = DesignOptions.audit();

    private final AgentContext context;

    AuditDoctypeCommand(AgentContext context) {
        this.context = context;
    }

    @Override
    public String usage() {
        return NAME + " [options] SLUG";
    }

    @Override
    public Options options() {
        return OPTIONS;
    }

    @Override
    public ExitCode run(CommandLineReader line) throws UserException, EndpointException, InterruptedException {
        Asked asked = new Asked();
        int samples = asked.or(1, () -> line.number(DesignOptions.SAMPLES, Audit.DEFAULT_SAMPLES, 1, 1000));
        asked.check(() -> AgentOutput.format(line));
        asked.throwIfMistyped();
        DesignRun run = DesignRun.open(context, line);
        return run.run(output -> {
            AuditReport report = run.audit(samples);
            Optional<Path> checkout = line.text(DesignOptions.CHECKOUT).map(context.directory()::resolve);
            if (checkout.isPresent()) {
                report = new Audit(run.ends(), run.requests()).withCheckout(report, checkout.get());
            }
            run.print(output, report.toFields(), report.toLines());
            return new DesignRun.End(
                    ExitCode.SUCCESS,
                    "the target needs " + report.neededInTarget().size() + " of "
                            + report.designs().size() + " design documents");
        });
    }
}
