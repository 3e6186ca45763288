package org.cchq.migrate.kind.blobs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointPatience;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.LeaseHeldException;
import org.cchq.migrate.engine.Ledger;
import org.cchq.migrate.engine.LedgerOwner;
import org.cchq.migrate.engine.LedgerReader;
import org.cchq.migrate.engine.PassRecord;
import org.cchq.migrate.engine.PassResult;
import org.cchq.migrate.engine.PassState;
import org.cchq.migrate.engine.Pipeline;
import org.cchq.migrate.engine.PipelineSettings;
import org.cchq.migrate.engine.Progress;
import org.cchq.migrate.engine.RetryPolicy;
import org.cchq.migrate.engine.RunControl;
import org.cchq.migrate.engine.RunIdentity;
import org.cchq.migrate.engine.Time;
import org.cchq.migrate.engine.Work;
import org.cchq.migrate.migration.AgentEvent;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.Finding;
import org.cchq.migrate.migration.Outcome;

/**
 * One run over all rows, told as it happens: {@code run_blob_migration migrate_backend} and {@code migrate_backend_check},
 * and what goes the same way: {@code verify} and {@code copy-back}.
 */
public final class BackFill {
    private static final int FINDINGS_PAGE = 1000;
    /** The ledger's note of the orphans of a pass: their number, a space, the file. */
    private static final String ORPHANS = "orphans";

    private final BackFillSpec spec;
    private final HqSettings settings;
    private final BackFillOutput output;
    private final RunControl control;
    private final Clock clock;
    private final String version;
    private final RetryPolicy retry;

    /**
     * @param version of this agent, for the events
     * @param retry how blobs and pages are tried again
     */
    public BackFill(
            BackFillSpec spec,
            HqSettings settings,
            BackFillOutput output,
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

    /** One run over all rows, or over the days of the date range. */
    public ExitCode run() throws UserException, EndpointException, LeaseHeldException, InterruptedException {
        Path ledger = spec.directory().resolve(kind() + ".ledger");
        requireUsable(ledger);
        try (Ends ends = openEnds();
                RunLog log = new RunLog(spec.directory(), spec.slug(), output)) {
            probe(ends);
            return pass(ends, log, spec.dates(), ledger);
        }
    }

    private Ends openEnds() throws UserException, EndpointException, InterruptedException {
        return spec.slug().equals(BackFillSpec.COPY_BACK)
                ? Ends.openBackwards(settings, spec.workers(), spec.partBytes())
                : Ends.open(settings, spec.workers(), spec.partBytes());
    }

    private void probe(Ends ends) throws UserException, EndpointException, InterruptedException {
        if (verifies() && spec.verify().reportOnly()) {
            ends.probeReading();
        } else {
            ends.probe();
        }
    }

    /** The slug, and of verify what it does: each of these has a ledger of its own, so that its counts mean one thing. */
    private String kind() {
        if (!verifies()) {
            return spec.slug();
        }
        return spec.slug()
                + (spec.verify().reportOnly() ? "-report-only" : "")
                + (spec.verify().readAll() ? "-read" : "");
    }

    private boolean verifies() {
        return spec.slug().equals(BackFillSpec.VERIFY);
    }

    /** One run for each day of the range, with a ledger each; all of them in one log. */
    public ExitCode runDayByDay() throws UserException, EndpointException, LeaseHeldException, InterruptedException {
        if (spec.dates().isAll()) {
            return run();
        }
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        requireDays(spec.dates(), today);
        LocalDate first = spec.dates().start().orElseThrow();
        LocalDate last = spec.dates().end().orElse(today);
        ExitCode worst = ExitCode.SUCCESS;
        for (LocalDate day = first; !day.isAfter(last); day = day.plusDays(1)) {
            requireUsable(ledger(day));
        }
        try (Ends ends = openEnds();
                RunLog log = new RunLog(spec.directory(), spec.slug(), output)) {
            probe(ends);
            for (LocalDate day = first; !day.isAfter(last); day = day.plusDays(1)) {
                output.line("Migrating for date " + day + " ");
                Path ledger = ledger(day);
                ExitCode ended = pass(ends, log, DateRange.of(day), ledger);
                output.line("Finished migration for date " + day + " ");
                if (ended == ExitCode.STOPPED || ended == ExitCode.INTERRUPTED) {
                    return ended;
                }
                worst = ended == ExitCode.SUCCESS ? worst : ended;
            }
        }
        return worst;
    }

    /**
     * Whether a date range can be gone through day by day.
     *
     * @param today ends a range without an end
     * @throws UserException if it has no first day, or one in the future: nothing would be done, and look like success
     */
    public static void requireDays(DateRange dates, LocalDate today) throws UserException {
        if (dates.isAll()) {
            return;
        }
        if (dates.start().isEmpty()) {
            throw new UserException("--process_day_by_day: the date range has no first day; give YYYYMMDD-YYYYMMDD");
        }
        if (dates.end().isEmpty() && dates.start().get().isAfter(today)) {
            throw new UserException("--process_day_by_day: the first day "
                    + dates.start().get() + " is in the future; today is " + today + " in UTC");
        }
    }

    private Path ledger(LocalDate day) {
        return spec.directory().resolve(spec.slug() + "-" + day + ".ledger");
    }

    /** What lies at the ledger's place must be one, unless it is put aside: said before anything is touched. */
    private void requireUsable(Path ledger) throws UserException, EndpointException {
        if (!spec.reset() && Files.exists(ledger)) {
            LedgerReader.requireLedger(ledger);
        }
    }

    private ExitCode pass(Ends ends, RunLog logs, DateRange dates, Path ledgerFile)
            throws UserException, EndpointException, LeaseHeldException, InterruptedException {
        LedgerOwner owner = LedgerOwner.current();
        Optional<Path> aside = spec.reset() ? Ledger.putAside(ledgerFile, owner, clock) : Optional.empty();
        try (Ledger ledger = Ledger.open(ledgerFile, identity(ends, dates), owner, clock)) {
            // Not before the ledger is ours: a refused run leaves no log behind.
            MigrationLog log = logs.open(clock.instant());
            aside.ifPresent(kept -> output.line("The state of earlier runs was put aside: " + kept));
            announce(ends, log, ledger, dates);
            ends.journalUploads(ledgerFile.resolveSibling(ledgerFile.getFileName() + ".uploads"));
            repeatFindings(ledger, log);
            if (verifies() && dates.isAll()) {
                listOrphans(ends, ledger, log);
            }
            BlobMetaEstimate expected =
                    new EndpointPatience(Sleeper.SYSTEM).ask(() -> ends.rows().estimate(dates));
            Progress progress = new Progress(
                    Time.SYSTEM, leftPass(ledger).map(PassRecord::counts).orElse(Counts.NONE));
            if (dates.isAll() || expected.exact()) {
                progress.total(expected.rows());
            }
            try (ProgressTicker ticker = new ProgressTicker(progress, output, clock);
                    Listings listings = list(ends, dates, ledger)) {
                PassResult result = new Pipeline<>(
                                work(ends, dates, listings),
                                ledger,
                                pipelineSettings(),
                                control,
                                progress,
                                finding -> {
                                    record(finding, log);
                                    output.accept(new AgentEvent.Found(clock.instant(), finding));
                                },
                                Time.SYSTEM,
                                clock,
                                new SplittableRandom())
                        .run();
                ticker.last();
                return end(result, ends, dates, expected, log);
            }
        }
    }

    private void announce(Ends ends, MigrationLog log, Ledger ledger, DateRange dates) throws EndpointException {
        Optional<PassRecord> last = ledger.lastPass();
        boolean resumed =
                last.filter(pass -> pass.state() != PassState.COMPLETE).isPresent();
        output.accept(new AgentEvent.Started(
                clock.instant(),
                version,
                spec.command(),
                ends.source().description(),
                ends.target().description(),
                log.path().toString(),
                ledger.path().toString(),
                last.map(PassRecord::number).orElse(0) + (resumed ? 0 : 1),
                resumed,
                spec.runBy(),
                dates.isAll() ? AgentEvent.Started.ALL_DATES : dates.toString(),
                resumed ? last.get().started() : clock.instant()));
        for (String warning : ends.warnings()) {
            output.accept(new AgentEvent.Warned(clock.instant(), warning));
        }
    }

    /**
     * The log of a resumed run begins with what earlier sessions of the pass have found, so that the last log is whole.
     * What failed or was denied is tried again, and listed again if it still fails.
     */
    private void repeatFindings(Ledger ledger, MigrationLog log) throws EndpointException, UserException {
        if (leftPass(ledger).isEmpty()) {
            return;
        }
        List<Finding> page = ledger.findings("", Long.MIN_VALUE, FINDINGS_PAGE);
        while (!page.isEmpty()) {
            for (Finding finding : page) {
                if (!finding.outcome().unresolved()) {
                    record(finding, log);
                }
            }
            Finding last = page.get(page.size() - 1);
            page = ledger.findings(last.partition(), last.id(), FINDINGS_PAGE);
        }
    }

    /** A row that is gone is nothing that verifying finds; what it finds it tells in words. */
    private void record(Finding finding, MigrationLog log) throws UserException {
        if (!verifies()) {
            log.record(finding);
        } else if (finding.outcome() != Outcome.NOT_REFERENCED) {
            log.recordInDetail(finding);
        }
    }

    /** Once a pass; a session that takes it up again tells what was found. */
    private void listOrphans(Ends ends, Ledger ledger, MigrationLog log)
            throws EndpointException, UserException, InterruptedException {
        if (leftPass(ledger).isEmpty()) {
            ledger.note(ORPHANS, "");
        }
        Optional<String> known = ledger.note(ORPHANS).filter(note -> !note.isEmpty());
        if (known.isEmpty()) {
            String name = String.valueOf(log.path().getFileName()).replaceFirst("\\.txt$", "-orphans.txt");
            Path file = log.path().resolveSibling(name);
            Optional<Long> count = new OrphanList(ends.target(), ends.rows(), control, spec.settle()).write(file);
            if (count.isEmpty()) {
                return;
            }
            known = Optional.of(count.get() + " " + file);
            ledger.note(ORPHANS, known.get());
        }
        int space = known.get().indexOf(' ');
        long count = Long.parseLong(known.get().substring(0, space));
        String file = known.get().substring(space + 1);
        output.accept(new AgentEvent.Orphans(clock.instant(), count, file));
        output.line(count + " objects of the target are named by no row; they were left as they are"
                + (count == 0 ? "" : ": " + file));
    }

    /** The pass that is taken up again; empty if the next one begins. */
    private static Optional<PassRecord> leftPass(Ledger ledger) throws EndpointException {
        return ledger.lastPass().filter(pass -> pass.state() != PassState.COMPLETE);
    }

    private static Map<String, Long> marks(Ledger ledger, Ends ends) throws EndpointException {
        Map<String, Long> marks = new HashMap<>();
        boolean goesOn = ledger.lastPass()
                .filter(pass -> pass.state() != PassState.COMPLETE)
                .isPresent();
        for (String shard : ends.rows().shards()) {
            marks.put(shard, goesOn ? ledger.lowWater(shard).orElse(Long.MIN_VALUE) : Long.MIN_VALUE);
        }
        return marks;
    }

    /** What was listed before the pass begins; only one of the two, and none of them in full where that does not pay. */
    private record Listings(Optional<TargetListing> target, Optional<BothListings> both) implements AutoCloseable {
        @Override
        public void close() {
            target.ifPresent(TargetListing::close);
            both.ifPresent(BothListings::close);
        }
    }

    private Listings list(Ends ends, DateRange dates, Ledger ledger) throws EndpointException, InterruptedException {
        Path keys = spec.directory().resolve(spec.slug() + ".keys");
        if (!verifies()) {
            return new Listings(
                    Optional.of(TargetListing.of(
                            ends.target(),
                            ends.rows(),
                            dates,
                            marks(ledger, ends),
                            spec.listing(),
                            keys,
                            output::line)),
                    Optional.empty());
        }
        boolean list = spec.listing() == BackFillSpec.Listing.ALWAYS
                || (spec.listing() == BackFillSpec.Listing.AUTO && dates.isAll());
        return new Listings(
                Optional.empty(),
                Optional.of(
                        list && !spec.verify().readAll()
                                ? BothListings.of(ends.source(), ends.target(), keys, output::line)
                                : BothListings.none()));
    }

    private Work<BlobMetaRow> work(Ends ends, DateRange dates, Listings listings) {
        BlobCopy.Way way = spec.slug().equals(BackFillSpec.COPY_BACK) ? BlobCopy.Way.BACK : BlobCopy.Way.FORTH;
        boolean known = listings.target().filter(TargetListing::known).isPresent();
        boolean targetFirst = !spec.slug().equals(BackFillSpec.MIGRATE_BACKEND) && !verifies() && !known;
        BlobCopy copy = new BlobCopy(
                ends.rows(),
                dates,
                way,
                ends.source(),
                ends.target(),
                listings.target()
                        .map(listing -> (Function<String, OptionalLong>) listing::length)
                        .orElse(key -> OptionalLong.empty()),
                targetFirst ? BlobCopy.AskFirst.TARGET : BlobCopy.AskFirst.SOURCE,
                spec.keepOrphans() || spec.verify().reportOnly() ? BlobCopy.Orphans.KEEP : BlobCopy.Orphans.REMOVE);
        return listings.both()
                .<Work<BlobMetaRow>>map(both -> new BlobVerification(
                        copy, ends.rows(), ends.source(), ends.target(), both.alike(), spec.verify()))
                .orElse(copy);
    }

    private PipelineSettings pipelineSettings() {
        return PipelineSettings.DEFAULT
                .withChunkItems(spec.chunkSize())
                .withSettle(spec.settle())
                .withRetry(retry);
    }

    /** What must not change on a directory: mixing two of these would make the counts a lie. */
    private RunIdentity identity(Ends ends, DateRange dates) {
        Map<String, String> identity = new LinkedHashMap<>();
        identity.put("migration", "blobs " + kind());
        identity.put("source", ends.source().description());
        identity.put("target", ends.target().description());
        identity.put("shards", String.join(" ", ends.rows().shards()));
        identity.put("date range", dates.isAll() ? "all" : dates.toString());
        return new RunIdentity(identity);
    }

    private ExitCode end(PassResult result, Ends ends, DateRange dates, BlobMetaEstimate expected, MigrationLog log)
            throws UserException, EndpointException, InterruptedException {
        Verdict verdict = Verdict.of(result, expected.rows(), dates, control, verifies());
        if (verdict.complete() && dates.isAll() && spec.isHqs()) {
            ends.recordCompletion(spec.slug()).ifPresent(output::line);
        }
        output.accept(new AgentEvent.Ended(
                clock.instant(),
                verdict.result(),
                verdict.exit().code(),
                verdict.message(),
                result.pass(),
                result.session(),
                log.path().toString(),
                result.pass().of(Outcome.MISSING_ON_SOURCE) + result.pass().of(Outcome.FAILED) > 0
                        ? "check_blob_logs " + log.path()
                        : ""));
        return verdict.exit();
    }
}
