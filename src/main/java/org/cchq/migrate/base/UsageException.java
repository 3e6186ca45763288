package org.cchq.migrate.base;

/** The command line is wrong. Exit status {@link ExitCode#USAGE}. */
public final class UsageException extends UserException {
    public UsageException(String message) {
        super(message);
    }
}
