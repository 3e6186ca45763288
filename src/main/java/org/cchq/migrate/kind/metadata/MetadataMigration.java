package org.cchq.migrate.kind.metadata;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.LeaseHeldException;
import org.cchq.migrate.engine.Ledger;
import org.cchq.migrate.engine.RetryPolicy;
import org.cchq.migrate.engine.RunControl;
import org.cchq.migrate.engine.Time;
import org.cchq.migrate.hq.ProgressLines;
import org.cchq.migrate.hq.RunFiles;
import org.cchq.migrate.migration.AgentEvent;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.ProgressSnapshot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code run_blob_migration migrate_metadata}, told as it happens: the CouchDB databases by name, then the SQL models, a log
 * each; at the end, and only if nothing was left out, HQ's note that it is done.
 */
public final class MetadataMigration {
    /** Pages that are written at a time. */
    public static final int WORKERS = 4;

    private static final Logger LOG = LoggerFactory.getLogger(MetadataMigration.class);
    private static final String BEGUN = "begun";

    private final MetadataSpec spec;
    private final MetadataSettings settings;
    private final MetadataOutput output;
    private final RunControl control;
    private final Clock clock;
    private final String version;
    private final RetryPolicy retry;
    private final List<PartTally> tallies = new ArrayList<>();
    private final List<PartRun.End> ends = new ArrayList<>();
    private final long began = Time.SYSTEM.nanos();

    /**
     * @param version of this agent, for the events
     * @param retry how pages are tried again
     */
    public MetadataMigration(
            MetadataSpec spec,
            MetadataSettings settings,
            MetadataOutput output,
            RunControl control,
            Clock clock,
            String version,
            RetryPolicy retry) {
        this.spec = spec;
        this.settings = settings;
        this.output = output;
        this.control = control;
        this.clock = clock;
        this.version = version;
        this.retry = retry;
    }

    public ExitCode run() throws UserException, EndpointException, LeaseHeldException, InterruptedException {
        try (MetadataSite site = MetadataSite.open(settings)) {
            List<Path> aside = spec.reset() ? MetadataLedgers.putAside(spec, site, clock) : List.of();
            try (Ledger run = MetadataLedgers.run(spec, site, clock)) {
                RunFiles files = RunFiles.of(spec.directory(), MetadataSpec.SLUG, clock.instant());
                Writer summary = RunFiles.create(files.summary());
                try {
                    output.copyLinesTo(text -> summarize(summary, text));
                    aside.forEach(kept -> output.line("The state of earlier runs was put aside: " + kept));
                    return run(site, run, files);
                } finally {
                    close(summary);
                }
            }
        }
    }

    /** A summary that cannot be written does not make a failure of the run. */
    private static void close(Writer summary) {
        try {
            summary.close();
        } catch (IOException e) {
            LOG.warn("the summary cannot be written: {}", e.toString());
        }
    }

    private static void summarize(Writer summary, String text) {
        try {
            RunFiles.line(summary, text);
        } catch (IOException e) {
            LOG.warn("the summary cannot be written: {}", e.toString());
        }
    }

    private ExitCode run(MetadataSite site, Ledger run, RunFiles files)
            throws UserException, EndpointException, LeaseHeldException, InterruptedException {
        Optional<String> before = run.note(BEGUN);
        Instant passBegan = before.isPresent() ? Instant.parse(before.get()) : clock.instant();
        run.note(BEGUN, passBegan.toString());
        output.accept(new AgentEvent.Started(
                clock.instant(),
                version,
                spec.command(),
                site.source(),
                site.target(),
                files.part(0).toString(),
                run.path().toString(),
                1,
                before.isPresent(),
                spec.runBy(),
                AgentEvent.Started.ALL_DATES,
                passBegan));
        for (String warning : settings.warnings()) {
            output.accept(new AgentEvent.Warned(clock.instant(), warning));
        }
        site.table().prepare();
        List<MetadataPart> parts = site.parts();
        List<Long> totals = new ArrayList<>();
        for (MetadataPart part : parts) {
            totals.add(part.total());
        }
        for (int number = 0; number < parts.size(); number++) {
            if (go(parts.get(number), number, totals, site, files) == PartRun.End.STOPPED) {
                break;
            }
            output.line("");
            output.line("");
        }
        site.notices().forEach(output::line);
        return end(site, files);
    }

    private PartRun.End go(MetadataPart part, int number, List<Long> totals, MetadataSite site, RunFiles files)
            throws UserException, EndpointException, LeaseHeldException, InterruptedException {
        try (Ledger ledger = MetadataLedgers.part(spec, site, part, clock);
                PartLog log = PartLog.create(files.part(number), output::line)) {
            PartRun run = new PartRun(part, site.table(), ledger, spec, control, retry, clock);
            String warning = run.begin();
            PartTally tally = PartTally.read(ledger, Time.SYSTEM, totals.get(number));
            tallies.add(tally);
            ProgressLines lines = new ProgressLines(output::line, spec.chunkSize(), part.types());
            lines.processing(tally.snapshot("", 0));
            output.line("Migration log: " + log.path());
            if (!warning.isEmpty()) {
                output.accept(new AgentEvent.Warned(clock.instant(), warning));
                output.line("WARNING " + warning);
            }
            PartRun.End end = run.run(
                    tally,
                    log,
                    snapshot -> {
                        lines.progress(snapshot);
                        output.accept(new AgentEvent.Progressed(clock.instant(), overall(snapshot, totals)));
                    },
                    finding -> {
                        output.accept(new AgentEvent.Found(clock.instant(), finding));
                        output.line("Error: " + finding.detail());
                    });
            if (end != PartRun.End.STOPPED) {
                lines.processed(tally.session().documents());
            }
            ends.add(end);
            output.accept(new AgentEvent.Rows(
                    clock.instant(), part.name(), tally.all().fields()));
            return end;
        }
    }

    /** All parts in one: those that are done, and the one that is under way. */
    private ProgressSnapshot overall(ProgressSnapshot current, List<Long> totals) {
        Counts pass = Counts.NONE;
        Counts session = Counts.NONE;
        for (PartTally tally : tallies) {
            ProgressSnapshot part = tally.snapshot("", 0);
            pass = pass.plus(part.pass());
            session = session.plus(part.session());
        }
        long total = totals.stream().mapToLong(Long::longValue).sum();
        return new ProgressSnapshot(
                java.util.OptionalLong.of(Math.max(total, pass.done())),
                pass,
                session,
                java.time.Duration.ofNanos(Time.SYSTEM.nanos() - began),
                current.inFlight(),
                current.itemsPerSecond(),
                0,
                current.waiting());
    }

    private ExitCode end(MetadataSite site, RunFiles files)
            throws UserException, EndpointException, InterruptedException {
        RowCounts all = tallies.stream().map(PartTally::all).reduce(RowCounts.NONE, RowCounts::plus);
        output.line(
                "rows: inserted " + all.inserted() + ", already there " + all.present() + ", named by their document "
                        + all.referenced() + ", removed again " + all.removed() + "; documents: " + all.documents()
                        + ", of an unknown domain " + all.unknownDomain() + ", with attachments that are ignored "
                        + all.ignoredAttachments() + ", refused " + all.refused());
        MetadataVerdict verdict = MetadataVerdict.of(ends, site.parts().size(), control, files);
        if (verdict.exit() == ExitCode.SUCCESS) {
            new Completion(site.table().main()).record();
        } else if (!verdict.message().isEmpty()) {
            output.line(verdict.message());
        }
        ProgressSnapshot last = overall(
                new ProgressSnapshot(
                        java.util.OptionalLong.empty(), Counts.NONE, Counts.NONE, java.time.Duration.ZERO, 0, 0, 0, ""),
                List.of());
        output.accept(new AgentEvent.Ended(
                clock.instant(),
                verdict.result(),
                verdict.exit().code(),
                verdict.message(),
                last.pass(),
                last.session(),
                files.part(0).toString(),
                ""));
        return verdict.exit();
    }
}
