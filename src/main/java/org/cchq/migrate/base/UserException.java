package org.cchq.migrate.base;

/**
 * Files, settings, a gate or a safety check say no. The message says what was found, where, and what would be right; it
 * never holds a secret. Exit status {@link ExitCode#REFUSED}.
 */
public class UserException extends Exception {
    public UserException(String message) {
        super(message);
    }

    public UserException(String message, Throwable cause) {
        super(message, cause);
    }
}
