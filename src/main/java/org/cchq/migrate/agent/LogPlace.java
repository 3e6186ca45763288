package org.cchq.migrate.agent;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;

/** {@code --log-dir}: where logs, summaries and ledgers are. */
final class LogPlace {
    private LogPlace() {}

    /**
     * Without a log directory HQ throws its log away; here it is kept, with the ledger, in the user's state directory.
     *
     * @param slug names the directory there
     */
    static Path of(AgentContext context, CommandLineReader line, String slug) throws UserException {
        Optional<String> given = line.text(BlobMigrationOptions.LOG_DIR);
        if (given.filter(String::isBlank).isPresent()) {
            throw new UsageException("--log-dir=: names no directory");
        }
        if (given.isPresent()) {
            Path directory = context.directory().resolve(given.get());
            if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
                throw new UserException("--log-dir=" + given.get() + ": "
                        + (Files.isDirectory(directory) ? "cannot be written by this user" : "is not a directory")
                        + "; make it, owned by the user that runs this: mkdir DIR; chown USER:GROUP DIR");
            }
            return directory;
        }
        return StateDirectory.ofUser(context, slug, "--log-dir=DIR");
    }
}
