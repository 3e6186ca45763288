package org.cchq.migrate.kind.doctypes;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.engine.RetryPolicy;
import org.cchq.migrate.engine.RunControl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends requests to the databases, again where that may help: a server that is away or asks for patience is waited for, an
 * error of the server is tried again a few times. Thread-safe.
 */
final class Calls {
    private static final Logger LOG = LoggerFactory.getLogger(Calls.class);
    private static final Duration LOOK = Duration.ofMillis(100);

    private final RetryPolicy policy;
    private final RunControl control;
    private final AtomicReference<String> waiting = new AtomicReference<>("");

    Calls(RetryPolicy policy, RunControl control) {
        this.policy = policy;
        this.control = control;
    }

    @FunctionalInterface
    interface Request<R> {
        R send() throws EndpointException, InterruptedException;
    }

    /** Several requests, and files. */
    @FunctionalInterface
    interface Requests<R> {
        R send() throws EndpointException, InterruptedException, UserException;
    }

    <R> R ask(Request<R> request) throws EndpointException, InterruptedException, StoppedException {
        try {
            return askAll(request::send);
        } catch (UserException e) {
            throw new IllegalStateException("no request throws it", e);
        }
    }

    /** All of them are sent again when one has failed. */
    <R> R askAll(Requests<R> request) throws EndpointException, InterruptedException, StoppedException, UserException {
        long began = System.nanoTime();
        int own = 0;
        for (int attempt = 1; ; attempt++) {
            try {
                R answer = request.send();
                if (attempt > 1) {
                    waiting.set("");
                }
                return answer;
            } catch (EndpointException e) {
                boolean away = e.kind() == Kind.UNREACHABLE || e.kind() == Kind.THROTTLED;
                own += away ? 0 : 1;
                boolean patient = System.nanoTime() - began <= policy.patience().toNanos();
                if (!e.retryable() || (away ? !patient : own >= policy.attempts())) {
                    throw e;
                }
                if (attempt == 1) {
                    LOG.warn("{}; trying again", e.getMessage());
                }
                waiting.set(e.endpoint() + ": " + e.getMessage());
            }
            pause(policy.pause(attempt, ThreadLocalRandom.current()));
        }
    }

    /** Waits, but not on when the run is to stop. */
    void pause(Duration duration) throws InterruptedException, StoppedException {
        long until = System.nanoTime() + duration.toNanos();
        for (long rest = duration.toNanos(); rest > 0; rest = until - System.nanoTime()) {
            checkStopped();
            TimeUnit.NANOSECONDS.sleep(Math.min(rest, LOOK.toNanos()));
        }
        checkStopped();
    }

    void checkStopped() throws StoppedException {
        if (control.cancelledBy().isPresent()) {
            throw new StoppedException();
        }
    }

    /** What is being waited for, in words; "" if nothing is. */
    String waiting() {
        return control.pausedBy().map(by -> "paused by " + by).orElseGet(waiting::get);
    }
}
