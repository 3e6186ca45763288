package org.cchq.migrate.base;

import org.jspecify.annotations.Nullable;

/**
 * A host or store refused, or did not answer. The message reads "Tried to ... on ENDPOINT but ..." and never holds a
 * secret. Exit status {@link ExitCode#ENDPOINT} when it ends a run.
 */
public final class EndpointException extends Exception {
    /** What kind of trouble it is; decides, in one place, whether another attempt makes sense. */
    public enum Kind {
        /** No connection, a lost connection, a time-out; also if a proxy says that of the server behind it. */
        UNREACHABLE(true),
        /** 503 SlowDown, 429: the endpoint asks for patience. */
        THROTTLED(true),
        /** Another 5xx. */
        SERVER_ERROR(true),
        /** Length or checksum differ from what was declared or sent: bytes were changed or lost on the way. */
        CORRUPT(true),
        /** 403 for one item: the account may not read or write it. Never taken for "not found". */
        DENIED(false),
        /** Wrong or expired keys, clock skew, missing bucket, unknown database: no item can succeed. */
        UNUSABLE(false),
        /** Any other refusal. */
        REFUSED(false);

        private final boolean retryable;

        Kind(boolean retryable) {
            this.retryable = retryable;
        }
    }

    private final String endpoint;
    private final Kind kind;
    private final long reached;

    public EndpointException(String endpoint, Kind kind, String message) {
        this(endpoint, kind, message, null);
    }

    public EndpointException(String endpoint, Kind kind, String message, @Nullable Throwable cause) {
        this(endpoint, kind, message, cause, 0);
    }

    private EndpointException(String endpoint, Kind kind, String message, @Nullable Throwable cause, long reached) {
        super(message, cause);
        this.endpoint = endpoint;
        this.kind = kind;
        this.reached = reached;
    }

    /** The same failure of an attempt that got so far: see {@link #reached()}. */
    public EndpointException havingReached(long steps) {
        return new EndpointException(endpoint, kind, String.valueOf(getMessage()), this, steps);
    }

    /** The endpoint as a person names it, without credentials. */
    public String endpoint() {
        return endpoint;
    }

    public Kind kind() {
        return kind;
    }

    /**
     * Steps of the work that are done and that the next attempt does not repeat (parts of an upload); 0 where each attempt
     * begins anew. An attempt that reached more than all before it is no reason to give up.
     */
    public long reached() {
        return reached;
    }

    /** True if the same request may succeed later. */
    public boolean retryable() {
        return kind.retryable;
    }
}
