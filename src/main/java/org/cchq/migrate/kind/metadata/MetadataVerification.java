package org.cchq.migrate.kind.metadata;

import java.io.IOException;
import java.io.Writer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointPatience;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.RunControl;
import org.cchq.migrate.hq.RunFiles;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.migration.AgentEvent;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.Finding;
import org.cchq.migrate.migration.Outcome;

/**
 * {@code verify_blob_metadata}: holds documents and models against {@code blobs_blobmeta}, both ways, without trusting any
 * ledger. What differs is looked at once more before it is told, since the site may have been writing it.
 */
public final class MetadataVerification {
    /** The command's name. */
    public static final String NAME = "verify_blob_metadata";

    private final MetadataSpec spec;
    private final MetadataSettings settings;
    private final MetadataOutput output;
    private final RunControl control;
    private final Clock clock;
    private final String version;
    private final Options options;
    private final EndpointPatience patience = new EndpointPatience(Sleeper.SYSTEM);
    private final Map<Difference.Kind, Long> found = new TreeMap<>();
    private long entries;
    private long rows;
    private long repaired;

    /**
     * @param repair insert rows that are missing
     * @param store asked for every blob that should have a row; empty: not asked
     */
    public record Options(boolean repair, Optional<BlobPresence> store) {}

    /** Where blobs are. Thread-safe. */
    public interface BlobPresence {
        /** Those of the keys that no store has. */
        Set<String> absent(Set<String> keys) throws EndpointException, InterruptedException;
    }

    /** @param version of this agent, for the events */
    public MetadataVerification(
            MetadataSpec spec,
            MetadataSettings settings,
            MetadataOutput output,
            RunControl control,
            Clock clock,
            String version,
            Options options) {
        this.spec = spec;
        this.settings = settings;
        this.output = output;
        this.control = control;
        this.clock = clock;
        this.version = version;
        this.options = options;
    }

    public ExitCode run() throws UserException, EndpointException, InterruptedException {
        try (MetadataSite site = MetadataSite.open(settings)) {
            RunFiles files = RunFiles.of(spec.directory(), NAME, clock.instant());
            boolean whole;
            try (Writer log = RunFiles.create(files.log());
                    PagedRun run = new PagedRun(output, control, clock)) {
                run.begin(
                        spec,
                        version,
                        List.of(site.source(), site.target()),
                        files.log().toString(),
                        "");
                output.line("Migration log: " + files.log());
                if (options.repair()) {
                    site.table().prepare();
                }
                whole = entriesHaveRows(site, log, run) && rowsHaveEntries(site, log, run);
            } catch (IOException e) {
                throw new UserException(
                        files.log() + ": cannot be written (" + e + "); make room, then the same command begins anew",
                        e);
            }
            return end(site, files, whole);
        }
    }

    private boolean entriesHaveRows(MetadataSite site, Writer log, PagedRun run)
            throws EndpointException, InterruptedException, IOException {
        for (MetadataPart part : site.parts()) {
            long before = entries;
            try (ReadAhead reading = new ReadAhead(part, spec.pageSize(), 2)) {
                for (String range : part.ranges()) {
                    String after = "";
                    MetadataPart.Page page = take(reading, range, after);
                    while (!page.end()) {
                        if (!run.mayGoOn()) {
                            return false;
                        }
                        String from = after;
                        String through = page.through();
                        compare(site, page.rows(), () -> part.again(range, from, through), log);
                        run.reached(counts());
                        after = through;
                        page = take(reading, range, after);
                    }
                }
            }
            output.line("Verified " + part.name() + ": " + (entries - before) + " entries");
        }
        return true;
    }

    private MetadataPart.Page take(ReadAhead reading, String range, String after)
            throws EndpointException, InterruptedException {
        return patience.ask(() -> reading.take(range, after));
    }

    /** @param again reads the page once more */
    private void compare(MetadataSite site, PageRows page, EndpointPatience.Request<PageRows> again, Writer log)
            throws EndpointException, InterruptedException, IOException {
        entries += page.rows().size() + page.counts().referenced();
        List<Difference> differences = patience.ask(() -> differences(site, page));
        if (!differences.isEmpty()) {
            PageRows now = patience.ask(again);
            differences = patience.ask(() -> differences(site, now));
        }
        if (options.repair()) {
            List<MetadataRow> missing = differences.stream()
                    .filter(difference -> difference.kind() == Difference.Kind.MISSING_ROW)
                    .flatMap(difference -> difference.row().stream())
                    .toList();
            repaired += patience.ask(() -> site.table().insert(missing));
        }
        for (Difference difference : differences) {
            tell(difference, log);
        }
        for (String id : page.refused()) {
            tell(Difference.refused(id), log);
        }
    }

    private List<Difference> differences(MetadataSite site, PageRows page)
            throws EndpointException, InterruptedException {
        List<Difference> differences = new RowComparison(site.table()).of(page);
        if (options.store().isPresent()) {
            Set<String> absent = options.store()
                    .get()
                    .absent(page.rows().stream().map(MetadataRow::key).collect(Collectors.toSet()));
            page.rows().stream()
                    .filter(row -> absent.contains(row.key()))
                    .map(Difference::noBlob)
                    .forEach(differences::add);
        }
        return differences;
    }

    private boolean rowsHaveEntries(MetadataSite site, Writer log, PagedRun run)
            throws EndpointException, InterruptedException, IOException {
        EntryLookup lookup = new EntryLookup(site);
        for (MetadataShard shard : site.table().shards()) {
            long after = Long.MIN_VALUE;
            while (true) {
                if (!run.mayGoOn()) {
                    return false;
                }
                long from = after;
                List<EntryLookup.Row> page = patience.ask(() -> lookup.page(shard, from, spec.pageSize()));
                if (page.isEmpty()) {
                    break;
                }
                rows += page.size();
                after = page.get(page.size() - 1).id();
                List<EntryLookup.Row> without = patience.ask(() -> lookup.withoutEntry(shard, page));
                List<EntryLookup.Row> still =
                        without.isEmpty() ? without : patience.ask(() -> lookup.still(shard, without));
                for (EntryLookup.Row row : still) {
                    tell(Difference.noEntry(shard, row), log);
                }
                run.reached(counts());
            }
        }
        output.line("Verified blobs_blobmeta: " + rows + " rows of documents and models");
        return true;
    }

    private void tell(Difference difference, Writer log) throws IOException {
        found.merge(difference.kind(), 1L, Long::sum);
        String record = Json.writeLikePython(difference.record());
        RunFiles.line(log, record);
        output.accept(new AgentEvent.Found(
                clock.instant(),
                new Finding(
                        difference.place(),
                        difference.id(),
                        difference.key(),
                        difference.kind().outcome(),
                        record,
                        difference.kind().word())));
    }

    private Counts counts() {
        long total = found.values().stream().mapToLong(Long::longValue).sum();
        Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
        found.forEach((kind, count) -> outcomes.merge(kind.outcome(), count, Long::sum));
        outcomes.put(Outcome.ALREADY_THERE, Math.max(0, entries + rows - total));
        return new Counts(outcomes.values().stream().mapToLong(Long::longValue).sum(), outcomes, 0, 0);
    }

    private ExitCode end(MetadataSite site, RunFiles files, boolean whole) {
        long total = found.values().stream().mapToLong(Long::longValue).sum();
        List<String> words = new ArrayList<>();
        for (Difference.Kind kind : Difference.Kind.values()) {
            words.add(kind.word() + " " + found.getOrDefault(kind, 0L));
        }
        output.line(entries + " entries, " + rows + " rows: " + String.join(", ", words)
                + (options.repair() ? "; inserted " + repaired : ""));
        site.notices().forEach(output::line);
        long left = total - repaired;
        ExitCode exit = !whole ? PagedRun.stopped(control) : left > 0 ? ExitCode.DIFFERENCES : ExitCode.SUCCESS;
        String message = !whole
                ? "stopped by " + control.cancelledBy().orElse("request") + "; the same command begins anew"
                : left > 0 ? left + " differences are left; they are in " + files.log() : "";
        if (!message.isEmpty()) {
            output.line(message);
        }
        Map<String, Long> counts = new LinkedHashMap<>();
        AgentEvent.Rows.COUNTED.forEach(name -> counts.put(name, 0L));
        counts.put("entries", entries);
        counts.put("inserted", repaired);
        output.accept(new AgentEvent.Rows(clock.instant(), NAME, counts));
        Counts all = counts();
        output.accept(new AgentEvent.Ended(
                clock.instant(),
                whole ? "complete" : "stopped",
                exit.code(),
                message,
                all,
                all,
                files.log().toString(),
                found.containsKey(Difference.Kind.MISSING_ROW) && !options.repair() ? NAME + " --repair" : ""));
        return exit;
    }
}
