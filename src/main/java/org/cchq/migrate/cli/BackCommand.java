package org.cchq.migrate.cli;

import static org.cchq.migrate.cli.Arguments.flag;

import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.stage.MoveOptions;

/** {@code back MIGRATION}: to the stage before. */
final class BackCommand implements Command {
    @Override
    public String name() {
        return "back";
    }

    @Override
    public String arguments() {
        return Migration.WORDS + " [options]";
    }

    @Override
    public String summary() {
        return "Brings a migration back to the stage before, as long as there is a way; says what it would lose.";
    }

    @Override
    public Options options() {
        Options options = new Options();
        options.addOption(flag("check", "only show what would be done"));
        options.addOption(flag("quiet", "ask nothing"));
        options.addOption(flag("leave-new-blobs", "go back without the blobs that only the new store has"));
        options.addOption(DoctypeMove.maxLag());
        options.addOption(MoveRun.oldKeysRefused());
        return options;
    }

    @Override
    public int run(Site site, CommandLine line) throws UserException, EndpointException, InterruptedException {
        return Migration.of(site, line, name(), 0).backward(line);
    }

    /** Of the blob migration. */
    static MoveOptions options(CommandLine line) throws UsageException {
        if (line.hasOption(DoctypeMove.MAX_LAG)) {
            throw new UsageException("back blobs: --" + DoctypeMove.MAX_LAG + " has no meaning here");
        }
        return new MoveOptions(
                line.hasOption("check"),
                line.hasOption("quiet"),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                MoveOptions.IDLE,
                false,
                line.hasOption("leave-new-blobs"),
                line.hasOption(MoveRun.OLD_KEYS_REFUSED));
    }
}
