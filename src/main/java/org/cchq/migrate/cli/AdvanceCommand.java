package org.cchq.migrate.cli;

import static org.cchq.migrate.cli.Arguments.flag;
import static org.cchq.migrate.cli.Arguments.valued;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.stage.AcceptedBlobs;
import org.cchq.migrate.stage.MoveOptions;
import org.cchq.migrate.stage.NewHost;

/** {@code advance MIGRATION}: to the next stage. */
final class AdvanceCommand implements Command {
    private static final Duration LONGEST_IDLE = Duration.ofDays(30);

    @Override
    public String name() {
        return "advance";
    }

    @Override
    public String arguments() {
        return Migration.WORDS + " [options]";
    }

    @Override
    public String summary() {
        return "Brings a migration to the next stage: asks the gates, shows, asks, does, reads back.";
    }

    @Override
    public Options options() {
        Options options = new Options();
        options.addOption(flag("check", "only show what would be done"));
        options.addOption(flag("quiet", "ask nothing"));
        options.addOption(valued("new-hosts", "HOSTS", "the new cluster's: [NAME=]ADDRESS,... for riakcs_new"));
        options.addOption(valued("new-stanchion", "HOST", "likewise, for stanchion_new"));
        options.addOption(valued("new-url", "URL", "a new store by its address: https://s3.eu-west-1.amazonaws.com"));
        options.addOption(valued("new-bucket", "BUCKET", "its bucket"));
        options.addOption(valued("new-signature", "VERSION", "s3 or s3v4; default s3v4 for a named store"));
        options.addOption(valued("accept-missing", "FILE", "blobs that may stay missing, a key a line; recorded"));
        options.addOption(
                valued("idle", "TIME", "how long nobody may have used the old store: 90s, 30m, 2h; default 1h"));
        options.addOption(
                flag("old-reads-checked", "you have seen in the old store's own numbers that nobody reads it"));
        options.addOption(DoctypeMove.maxLag());
        options.addOption(MoveRun.oldKeysRefused());
        return options;
    }

    @Override
    public int run(Site site, CommandLine line) throws UserException, EndpointException, InterruptedException {
        return Migration.of(site, line, name(), 0).forward(line);
    }

    /** Of the blob migration. */
    static MoveOptions options(CommandLine line) throws UserException {
        if (line.hasOption(DoctypeMove.MAX_LAG)) {
            throw new UsageException("advance blobs: --" + DoctypeMove.MAX_LAG + " has no meaning here");
        }
        List<NewHost> stanchion = hosts(line, "new-stanchion");
        if (!stanchion.isEmpty() && !line.hasOption("new-hosts")) {
            throw new UsageException("advance: --new-stanchion goes with --new-hosts");
        }
        return new MoveOptions(
                line.hasOption("check"),
                line.hasOption("quiet"),
                hosts(line, "new-hosts"),
                stanchion,
                store(line),
                line.hasOption("accept-missing")
                        ? Optional.of(AcceptedBlobs.read(Path.of(line.getOptionValue("accept-missing"))))
                        : Optional.empty(),
                line.hasOption("idle") ? time(line.getOptionValue("idle")) : MoveOptions.IDLE,
                line.hasOption("old-reads-checked"),
                false,
                line.hasOption(MoveRun.OLD_KEYS_REFUSED));
    }

    private static List<NewHost> hosts(CommandLine line, String option) throws UserException {
        return line.hasOption(option) ? NewHost.parse(line.getOptionValue(option), "--" + option) : List.of();
    }

    private static Optional<MoveOptions.NamedStore> store(CommandLine line) throws UsageException {
        if (!line.hasOption("new-url") && !line.hasOption("new-bucket")) {
            if (line.hasOption("new-signature")) {
                throw new UsageException("advance: --new-signature goes with --new-url");
            }
            return Optional.empty();
        }
        String url = line.getOptionValue("new-url", "");
        String bucket = line.getOptionValue("new-bucket", "");
        String signature = line.getOptionValue("new-signature", "s3v4");
        if (!url.matches("https?://[A-Za-z0-9.\\[\\]:-]+/?")) {
            throw new UsageException(
                    "advance: --new-url must be http://HOST[:PORT] or https://HOST[:PORT], found '" + url + "'");
        }
        if (!bucket.matches("[A-Za-z][A-Za-z0-9._-]{1,254}")) {
            throw new UsageException("advance: --new-bucket must name a bucket, found '" + bucket + "'");
        }
        if (!signature.matches("s3|s3v4")) {
            throw new UsageException("advance: --new-signature must be s3 or s3v4, found '" + signature + "'");
        }
        return Optional.of(new MoveOptions.NamedStore(url, bucket, Optional.of(signature)));
    }

    /** {@code 90s}, {@code 30m}, {@code 2h}, {@code 1d}. */
    static Duration time(String text) throws UsageException {
        if (!text.matches("\\d{1,6}[smhd]")) {
            throw new UsageException("--idle: expected a time such as 90s, 30m, 2h or 1d, found '" + text + "'");
        }
        long number = Long.parseLong(text.substring(0, text.length() - 1));
        Duration time = switch (text.charAt(text.length() - 1)) {
            case 's' -> Duration.ofSeconds(number);
            case 'm' -> Duration.ofMinutes(number);
            case 'h' -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
        if (time.compareTo(LONGEST_IDLE) > 0) {
            throw new UsageException("--idle: at most " + LONGEST_IDLE.toDays() + "d: logs do not reach further back");
        }
        return time;
    }
}
