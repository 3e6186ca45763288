package org.cchq.migrate.kind.doctypes;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.Sleeper;

/**
 * Sends a request again while trouble lasts that may pass: a view that is being built answers with time-outs and with 504
 * from the proxy in front of it. Thread-safe.
 *
 * @param longest how long one request may fail
 * @param pause between two attempts
 */
public record PatientRequest(Duration longest, Duration pause, Clock clock, Sleeper sleeper) {
    /** One attempt. */
    public interface Attempt<R> {
        R send() throws EndpointException, InterruptedException;
    }

    /** Told after each attempt that failed. */
    public interface Waiting {
        void since(Duration waited, EndpointException last);
    }

    public <R> R send(Attempt<R> attempt) throws EndpointException, InterruptedException {
        return send(attempt, (waited, last) -> {});
    }

    public <R> R send(Attempt<R> attempt, Waiting waiting) throws EndpointException, InterruptedException {
        Instant begun = clock.instant();
        while (true) {
            try {
                return attempt.send();
            } catch (EndpointException e) {
                Duration waited = Duration.between(begun, clock.instant());
                if (!e.retryable() || waited.compareTo(longest) >= 0) {
                    throw e;
                }
                waiting.since(waited, e);
            }
            sleeper.sleep(pause);
        }
    }
}
