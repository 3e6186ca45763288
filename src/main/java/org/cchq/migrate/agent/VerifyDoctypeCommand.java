package org.cchq.migrate.agent;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.LeaseHeldException;
import org.cchq.migrate.engine.RunControl;
import org.cchq.migrate.kind.doctypes.CopyPolicy;
import org.cchq.migrate.kind.doctypes.DoctypeRun;
import org.cchq.migrate.kind.doctypes.DoctypeVerification;
import org.cchq.migrate.kind.doctypes.RecordedVerification;

/** {@code verify_doctype SLUG}: compares both databases and keeps the result, which a cleanup asks for. */
final class VerifyDoctypeCommand implements AgentCommand {
    static final String NAME = "verify_doctype";
    private static final Options OPTIONS = DoctypeOptions.verify();

    private final AgentContext context;

    VerifyDoctypeCommand(AgentContext context) {
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
    public ExitCode run(CommandLineReader line)
            throws UserException, EndpointException, LeaseHeldException, InterruptedException {
        Asked asked = new Asked();
        int workers = asked.or(1, () -> line.number(DoctypeOptions.NUM_WORKERS, 4, 1, 64));
        int settle = asked.or(1, () -> line.number(DoctypeOptions.SETTLE, 20, 0, 3600));
        CopyPolicy policy = asked.or(CopyPolicy.DEFAULT, () -> DoctypePolicy.of(line));
        asked.check(() -> AgentOutput.format(line));
        asked.throwIfMistyped();
        DoctypeSite site = DoctypeSite.open(context, line, DoctypeInput.settings(context, line), line.words());
        RunControl control = new RunControl(workers);
        DoctypeEvents events = new DoctypeEvents(context, line, site);
        try (DoctypeAgentOutput output = DoctypeAgentOutput.open(context, line);
                Requests requests = Requests.listen(context, line, control)) {
            events.started(output);
            return events.ended(output, () -> {
                output.listFindingsIn(
                        site.state().resolve("doctype-" + site.migrator().slug() + "-differences.ndjson"));
                DoctypeVerification.Result result = new RecordedVerification(
                                new DoctypeRun(site.ends(), site.state(), policy, control, output),
                                Duration.ofSeconds(settle),
                                context.clock())
                        .run();
                String said = said(result);
                output.line(said);
                boolean signal = result.stoppedBy().filter("signal"::equals).isPresent();
                return new DoctypeEvents.End(signal ? ExitCode.INTERRUPTED : result.exitCode(), said, result.counts());
            });
        }
    }

    private static String said(DoctypeVerification.Result result) {
        if (result.stoppedBy().isPresent()) {
            return "stopped by " + result.stoppedBy().get() + " after " + result.documents() + " documents";
        }
        String compared = result.documents() + " documents compared, at seq "
                + result.at().text();
        if (result.clean()) {
            return compared + ": no difference";
        }
        Map<String, Long> sorts = new TreeMap<>();
        result.findings().forEach((sort, count) -> sorts.put(sort.word(), count));
        return compared + ": "
                + String.join(
                        ", ",
                        sorts.entrySet().stream()
                                .map(entry -> entry.getKey() + " " + entry.getValue())
                                .toList());
    }
}
