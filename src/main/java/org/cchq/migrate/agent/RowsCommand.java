package org.cchq.migrate.agent;

import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.LeaseHeldException;
import org.cchq.migrate.engine.RunControl;
import org.cchq.migrate.kind.blobs.BackFill;
import org.cchq.migrate.kind.blobs.BackFillSpec;
import org.cchq.migrate.kind.blobs.DateRange;
import org.cchq.migrate.kind.blobs.HqSettings;
import org.cchq.migrate.kind.metadata.MetadataSpec;

/**
 * What goes over all rows: {@code run_blob_migration [options] SLUG}, {@code verify [options]}, {@code copy-back [options]}.
 * Command line to {@link BackFillSpec}, run, exit status.
 */
final class RowsCommand implements AgentCommand {
    private static final List<String> HQ_SLUGS =
            List.of(BackFillSpec.MIGRATE_BACKEND, BackFillSpec.MIGRATE_BACKEND_CHECK);

    private static final List<String> SLUGS =
            Stream.concat(HQ_SLUGS.stream(), Stream.of(MetadataSpec.SLUG)).toList();

    private final AgentContext context;
    private final String name;
    private final Options options;

    private RowsCommand(AgentContext context, String name, Options options) {
        this.context = context;
        this.name = name;
        this.options = options;
    }

    static RowsCommand runBlobMigration(AgentContext context) {
        return new RowsCommand(context, "run_blob_migration", BlobMigrationOptions.migration());
    }

    static RowsCommand verify(AgentContext context) {
        return new RowsCommand(context, BackFillSpec.VERIFY, BlobMigrationOptions.verify());
    }

    static RowsCommand copyBack(AgentContext context) {
        return new RowsCommand(context, BackFillSpec.COPY_BACK, BlobMigrationOptions.copyBack());
    }

    @Override
    public String usage() {
        return name + " [options]" + (isHqs() ? " " + String.join("|", HQ_SLUGS) + "|" + MetadataSpec.SLUG : "");
    }

    @Override
    public Options options() {
        return options;
    }

    private boolean isHqs() {
        return name.equals("run_blob_migration");
    }

    @Override
    public ExitCode run(CommandLineReader line)
            throws UserException, EndpointException, LeaseHeldException, InterruptedException {
        if (isHqs() && List.of(line.words()).equals(List.of(MetadataSpec.SLUG))) {
            return new MetadataCommand(context).run(line);
        }
        Asked asked = new Asked();
        BackFillSpec spec = spec(line, asked);
        asked.throwIfMistyped();
        HqSettings settings = settings(line, asked);
        RunControl control = new RunControl(spec.workers());
        try (AgentOutput output = AgentOutput.open(context, line, spec.chunkSize());
                Requests requests = Requests.listen(context, line, control)) {
            BackFill backFill = new BackFill(
                    spec, settings, output, control, context.clock(), VersionCommand.version(), context.retry());
            return line.has(BlobMigrationOptions.DAY_BY_DAY) ? backFill.runDayByDay() : backFill.run();
        }
    }

    private BackFillSpec spec(CommandLineReader line, Asked asked) {
        String slug = asked.or(HQ_SLUGS.get(0), () -> slug(line.words()));
        Optional<String> range = line.text(BlobMigrationOptions.DATE_RANGE);
        DateRange dates =
                asked.or(DateRange.ALL, () -> range.isPresent() ? DateRange.parse(range.get()) : DateRange.ALL);
        if (line.has(BlobMigrationOptions.DAY_BY_DAY)) {
            asked.check(() -> BackFill.requireDays(
                    dates, LocalDate.ofInstant(context.clock().instant(), ZoneOffset.UTC)));
        }
        asked.check(() -> AgentOutput.format(line));
        return new BackFillSpec(
                slug,
                line.typed(),
                asked.or(context.directory(), () -> LogPlace.of(context, line, slug)),
                line.has(BlobMigrationOptions.RESET),
                asked.or(1, () -> line.number(BlobMigrationOptions.CHUNK_SIZE, 100, 1, 100_000)),
                asked.or(1, () -> line.number(BlobMigrationOptions.NUM_WORKERS, 10, 1, 1024)),
                dates,
                Duration.ofSeconds(asked.or(0, () -> line.number(BlobMigrationOptions.SETTLE, 20, 0, 3600))),
                asked.or(
                        BackFillSpec.Listing.AUTO,
                        () -> listing(line.text(BlobMigrationOptions.LISTING).orElse("auto"))),
                line.has(BlobMigrationOptions.KEEP_ORPHANS),
                line.has(BlobMigrationOptions.PART_SIZE)
                        ? OptionalLong.of(asked.or(8, () -> line.number(BlobMigrationOptions.PART_SIZE, 8, 5, 512))
                                * 1024L
                                * 1024L)
                        : OptionalLong.empty(),
                new BackFillSpec.Verify(
                        line.has(BlobMigrationOptions.REPORT_ONLY), line.has(BlobMigrationOptions.READ)),
                line.text(BlobMigrationOptions.RUN_BY).orElse(System.getProperty("user.name", "?")));
    }

    /** What is wrong with the settings is told together with what is wrong with the command line. */
    private HqSettings settings(CommandLineReader line, Asked asked) throws UserException {
        HqSettings settings;
        try {
            settings = SettingsInput.read(context, line);
        } catch (UsageException e) {
            throw e;
        } catch (UserException e) {
            throw asked.with(e);
        }
        asked.throwIfAny();
        return settings;
    }

    private String slug(String... words) throws UsageException {
        if (!isHqs()) {
            if (words.length > 0) {
                throw new UsageException(name + " takes no words, found '" + String.join("' and '", words) + "'");
            }
            return name;
        }
        if (words.length == 1 && HQ_SLUGS.contains(words[0])) {
            return words[0];
        }
        if (words.length == 0) {
            throw new UsageException("run_blob_migration needs a slug: " + String.join(" or ", SLUGS));
        }
        if (words.length > 1) {
            throw new UsageException(
                    "run_blob_migration takes one slug, found '" + String.join("' and '", words) + "'");
        }
        throw new UsageException("run_blob_migration: '" + words[0] + "' is not one of " + String.join(", ", SLUGS)
                + NearestName.hint(words[0], SLUGS));
    }

    private static BackFillSpec.Listing listing(String text) throws UsageException {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "auto" -> BackFillSpec.Listing.AUTO;
            case "always" -> BackFillSpec.Listing.ALWAYS;
            case "never" -> BackFillSpec.Listing.NEVER;
            default -> throw new UsageException("--listing=" + text + ": expected auto, always or never");
        };
    }
}
