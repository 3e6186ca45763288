package org.cchq.migrate.agent;

import java.util.stream.Stream;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.LeaseHeldException;
import org.cchq.migrate.engine.RunControl;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.kind.doctypes.Cleanup;
import org.cchq.migrate.kind.doctypes.CleanupSpec;
import org.cchq.migrate.kind.doctypes.ContinuousRun;
import org.cchq.migrate.kind.doctypes.CopyPolicy;
import org.cchq.migrate.kind.doctypes.Direction;
import org.cchq.migrate.kind.doctypes.DoctypeResult;
import org.cchq.migrate.kind.doctypes.DoctypeRun;
import org.cchq.migrate.kind.doctypes.DoctypeState;
import org.cchq.migrate.kind.doctypes.HqMessages;
import org.cchq.migrate.kind.doctypes.HqMirror;
import org.cchq.migrate.kind.doctypes.InitialRun;
import org.cchq.migrate.kind.doctypes.Mark;
import org.cchq.migrate.kind.doctypes.Migrator;
import org.cchq.migrate.kind.doctypes.Stats;

/**
 * {@code run_doctype_migration SLUG --stats --initial --erase-continuous-progress --continuous --cleanup}: what is asked for
 * is done in this order, as HQ does; what cannot be done is refused in HQ's words.
 */
final class DoctypeMigrationCommand implements AgentCommand {
    static final String NAME = "run_doctype_migration";
    private static final Options OPTIONS = DoctypeOptions.migration();

    private final AgentContext context;

    DoctypeMigrationCommand(AgentContext context) {
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
        if (line.words().length == 0 && line.text(BlobMigrationOptions.SETTINGS).isEmpty()) {
            throw DoctypeSite.unknown(Migrator.OF_HQ.keySet());
        }
        Asked asked = new Asked();
        int workers = asked.or(1, () -> line.number(DoctypeOptions.NUM_WORKERS, 4, 1, 64));
        int rate = asked.or(1, () -> line.number(DoctypeOptions.RATE, 500, 0, 1_000_000));
        CopyPolicy policy = asked.or(CopyPolicy.DEFAULT, () -> DoctypePolicy.of(line));
        asked.check(() -> AgentOutput.format(line));
        asked.throwIfMistyped();
        DoctypeSite site = DoctypeSite.open(context, line, DoctypeInput.settings(context, line), line.words());
        requireSense(line);
        RunControl control = new RunControl(workers);
        DoctypeEvents events = new DoctypeEvents(context, line, site);
        try (DoctypeAgentOutput output = DoctypeAgentOutput.open(context, line);
                HqMirror mirror = new HqMirror(site.main(), site.migrator().slug(), output::notice);
                Requests requests = Requests.listen(context, line, control)) {
            output.mirrorTo(mirror);
            events.started(output);
            Phases phases = new Phases(
                    line,
                    site,
                    new DoctypeRun(site.ends(), site.state(), policy, control, output),
                    output,
                    mirror,
                    rate);
            return events.ended(output, phases::run);
        }
    }

    private static void requireSense(CommandLineReader line) throws UserException {
        boolean continuous = line.has(DoctypeOptions.CONTINUOUS) || line.has(DoctypeOptions.REVERSE);
        boolean any = continuous
                || Stream.of(DoctypeOptions.STATS, DoctypeOptions.INITIAL, DoctypeOptions.ERASE, DoctypeOptions.CLEANUP)
                        .anyMatch(line::has);
        if (!any) {
            throw new UserException(HqMessages.NOTHING_ASKED);
        }
        if (line.has(DoctypeOptions.CLEANUP) && (continuous || line.has(DoctypeOptions.INITIAL))) {
            throw new UserException(HqMessages.CLEANUP_ALONE);
        }
    }

    /** What was asked for, in HQ's order. */
    private final class Phases {
        private final CommandLineReader line;
        private final DoctypeSite site;
        private final DoctypeRun run;
        private final DoctypeAgentOutput output;
        private final HqMirror mirror;
        private final int rate;

        private Phases(
                CommandLineReader line,
                DoctypeSite site,
                DoctypeRun run,
                DoctypeAgentOutput output,
                HqMirror mirror,
                int rate) {
            this.line = line;
            this.site = site;
            this.run = run;
            this.output = output;
            this.mirror = mirror;
            this.rate = rate;
        }

        private DoctypeEvents.End run()
                throws UserException, EndpointException, LeaseHeldException, InterruptedException {
            DoctypeEvents.End end = DoctypeEvents.End.of(ExitCode.SUCCESS);
            if (line.has(DoctypeOptions.STATS)) {
                stats();
            }
            if (line.has(DoctypeOptions.INITIAL)) {
                end = initial();
            }
            if (end.exit() == ExitCode.SUCCESS && line.has(DoctypeOptions.ERASE)) {
                erase();
            }
            if (end.exit() == ExitCode.SUCCESS
                    && (line.has(DoctypeOptions.CONTINUOUS) || line.has(DoctypeOptions.REVERSE))) {
                end = continuous();
            }
            if (end.exit() == ExitCode.SUCCESS && line.has(DoctypeOptions.CLEANUP)) {
                end = cleanup();
            }
            return end;
        }

        private void stats() throws EndpointException, InterruptedException {
            Stats stats = Stats.of(
                    site.migrator().docTypes(),
                    site.source(),
                    site.ends().source(),
                    site.target(),
                    site.ends().target());
            stats.lines().forEach(output::line);
            if (output.json()) {
                context.out().println(Json.write(stats.toJson()));
            }
            stats.remarks().forEach(output::notice);
        }

        private DoctypeEvents.End initial()
                throws UserException, EndpointException, LeaseHeldException, InterruptedException {
            DoctypeState state = state();
            if (state.has(Mark.CLEANUP_STARTED)) {
                throw new UserException(HqMessages.CLEANUP_WAS_RUN);
            }
            if (state.forward().isPresent() && state.has(Mark.INITIAL_COMPLETE)) {
                throw new UserException(HqMessages.initialWasRun(site.migrator().slug()));
            }
            if (state.originalSeq().isEmpty()) {
                mirror.known()
                        .flatMap(known -> known.lastSequence())
                        .ifPresent(seq -> output.notice("HQ's own --initial was run, up to seq " + seq.text()
                                + ". What it copied lacks histories; it is recognised and mended now"));
            }
            DoctypeResult result = new InitialRun(run).run();
            output.line(DoctypeText.counts(result.counts()));
            return DoctypeEvents.End.of(result);
        }

        private void erase() throws UserException, EndpointException, LeaseHeldException, InterruptedException {
            DoctypeState state = state();
            if (state.originalSeq().isEmpty()) {
                throw new UserException(
                        HqMessages.initialWasNotRun(site.migrator().slug()));
            }
            if (state.has(Mark.CLEANUP_STARTED)) {
                throw new UserException(HqMessages.CLEANUP_WAS_RUN);
            }
            new ContinuousRun(run, Direction.FORWARD).erase();
            mirror.checkpoint(state.originalSeq().orElseThrow());
            mirror.flush();
        }

        private DoctypeEvents.End continuous()
                throws UserException, EndpointException, LeaseHeldException, InterruptedException {
            DoctypeState state = state();
            // A checkpoint that is not to be trusted any more is dealt with by the run: it compares everything.
            if (state.forward().isEmpty() && state.doubt().isEmpty() && !state.has(Mark.INITIAL_COMPLETE)) {
                throw new UserException(
                        HqMessages.initialWasNotRun(site.migrator().slug()));
            }
            if (state.has(Mark.CLEANUP_STARTED)) {
                throw new UserException(HqMessages.CLEANUP_WAS_RUN);
            }
            ContinuousRun continuous =
                    new ContinuousRun(run, line.has(DoctypeOptions.REVERSE) ? Direction.REVERSE : Direction.FORWARD);
            DoctypeResult result = line.has(DoctypeOptions.ONCE) ? continuous.runOnce() : continuous.run();
            return DoctypeEvents.End.of(result);
        }

        private DoctypeEvents.End cleanup()
                throws UserException, EndpointException, LeaseHeldException, InterruptedException {
            CleanupSpec spec = new CleanupSpec(
                    line.text(DoctypeOptions.ENVIRONMENT),
                    line.has(DoctypeOptions.PURGE),
                    line.has(DoctypeOptions.COMPACT),
                    rate);
            Cleanup.End end = new Cleanup(
                            run,
                            spec,
                            site.source(),
                            site.target(),
                            mirror,
                            new TypedAnswers(context, output),
                            context.clock())
                    .run();
            return new DoctypeEvents.End(end.exit(), end.message(), end.counts());
        }

        private DoctypeState state() throws UserException, EndpointException, InterruptedException {
            return DoctypeState.read(site.ends(), site.state());
        }
    }
}
