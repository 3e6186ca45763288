package org.cchq.migrate.base;

/** What a program's exit status means; the same in controller and agent, so that it passes across SSH unchanged. */
public enum ExitCode {
    /** Done, or nothing to do (and said so). */
    SUCCESS(0),
    /** Files, settings, a gate or a safety check say no. Nothing was changed. */
    REFUSED(1),
    /** The command line is wrong. */
    USAGE(2),
    /** A host or store refused or did not answer. */
    ENDPOINT(3),
    /** Items failed, or are missing on the source. */
    INCOMPLETE(4),
    /** Verification found differences. */
    DIFFERENCES(5),
    /** Another run holds the lease. */
    LEASE_HELD(6),
    /** Paused or cancelled by request. */
    STOPPED(7),
    /** A bug: stack trace in the log and on stderr. */
    INTERNAL_ERROR(70),
    /** Interrupted by a signal. */
    INTERRUPTED(130);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    /** The process exit status, 0 to 255. */
    public int code() {
        return code;
    }
}
