package org.cchq.migrate.agent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.kind.doctypes.Audit;
import org.cchq.migrate.kind.doctypes.AuditReport;
import org.cchq.migrate.kind.doctypes.Preindex;
import org.cchq.migrate.kind.doctypes.Preindex.Different;
import org.cchq.migrate.kind.doctypes.PreindexReport;

/** {@code preindex_doctype SLUG}: design documents to the target, with their indexes; or, with --check, whether they are. */
final class PreindexDoctypeCommand implements AgentCommand {
    static final String NAME = "preindex_doctype";
    static final Options OPTIONS = DesignOptions.preindex();
    private static final int MOST_MINUTES = 60 * 24 * 30;

    private final AgentContext context;

    PreindexDoctypeCommand(AgentContext context) {
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
        int wait = asked.or(1, () -> line.number(DesignOptions.WAIT, 1440, 0, MOST_MINUTES));
        int limit = asked.or(
                1,
                () -> line.number(DesignOptions.COUNT_LIMIT, (int) Preindex.DEFAULT_COUNT_LIMIT, 0, Integer.MAX_VALUE));
        asked.check(() -> AgentOutput.format(line));
        asked.throwIfMistyped();
        DesignRun run = DesignRun.open(context, line);
        return run.run(output -> {
            List<String> names = names(run, samples, output);
            Preindex preindex = new Preindex(run.ends(), run.requests(Duration.ofMinutes(wait)), limit, output::line);
            PreindexReport report = line.has(DesignOptions.CHECK)
                    ? preindex.check(names)
                    : preindex.run(names, line.has(DesignOptions.REPLACE) ? Different.REPLACE : Different.LEAVE);
            run.print(output, report.toFields(), report.toLines());
            return new DesignRun.End(report.exitCode(), report.summary());
        });
    }

    /** Those that the migrator lists; else what an audit finds, and the one that counts documents of each type. */
    private static List<String> names(DesignRun run, int samples, AgentOutput output)
            throws UserException, EndpointException, InterruptedException {
        if (!run.ends().migrator().designs().isEmpty()) {
            return run.ends().migrator().designs();
        }
        AuditReport audit = run.audit(samples);
        audit.notes().forEach(output::line);
        Set<String> names = new TreeSet<>(audit.neededInTarget());
        audit.designNames().stream().filter(Audit.ALWAYS_NEEDED::contains).forEach(names::add);
        output.line("The target needs " + (names.isEmpty() ? "none" : String.join(", ", names)));
        return new ArrayList<>(names);
    }
}
