package org.cchq.migrate.engine;

import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place that tries again. An item is given up after some attempts of its own; an endpoint that is throttled or
 * unreachable for everybody is waited for, by time, and no item is blamed. Thread-safe.
 */
final class Retry {
    private static final Logger LOG = LoggerFactory.getLogger(Retry.class);

    private final RetryPolicy policy;
    private final Time time;
    private final RandomGenerator random;
    private final Halt halt;
    private final Gate gate;
    private final Progress progress;
    private final Patience items;

    Retry(RetryPolicy policy, Time time, RandomGenerator random, Halt halt, Gate gate, Progress progress) {
        this.policy = policy;
        this.time = time;
        this.random = random;
        this.halt = halt;
        this.gate = gate;
        this.progress = progress;
        this.items = new Patience(time, policy.patience());
    }

    /** One request. */
    interface Request<R> {
        R send() throws EndpointException, InterruptedException;
    }

    /** An answer, and the attempts it took. */
    record Answer<R>(R value, int attempts) {}

    /** An item failed for good. */
    static final class GivenUp extends Exception {
        private final EndpointException last;
        private final int attempts;

        GivenUp(EndpointException last, int attempts) {
            super(last);
            this.last = last;
            this.attempts = attempts;
        }

        EndpointException last() {
            return last;
        }

        int attempts() {
            return attempts;
        }
    }

    /**
     * Attempts at one item, through the gate.
     *
     * @param alone true if no other item could show whether the endpoint works
     * @throws EndpointException if no item can succeed, or the endpoint did not come back in time: the run ends
     */
    <R> Answer<R> item(String name, BooleanSupplier alone, Request<R> request)
            throws GivenUp, EndpointException, HaltedException, InterruptedException {
        int counted = 0;
        for (int attempt = 1; ; attempt++) {
            long before = items.successes();
            long round = gate.enter();
            try {
                R value = request.send();
                items.succeeded();
                gate.succeeded();
                progress.waiting("");
                return new Answer<>(value, attempt);
            } catch (EndpointException e) {
                if (e.kind() == Kind.UNUSABLE) {
                    throw e;
                }
                if (!e.retryable()) {
                    items.succeeded();
                    throw new GivenUp(e, attempt);
                }
                LOG.debug("attempt {} at {} on {}: {}", attempt, name, e.endpoint(), e.getMessage());
                if (e.kind() == Kind.THROTTLED) {
                    gate.throttled(round);
                }
                if (tellsAboutTheItem(e, before, alone)) {
                    counted++;
                    if (counted >= policy.attempts()) {
                        throw new GivenUp(e, attempt);
                    }
                } else {
                    waitingFor(e);
                    if (items.exhausted()) {
                        throw outOfPatience(e);
                    }
                }
            } finally {
                gate.leave();
            }
            halt.sleep(policy.pause(attempt, random));
        }
    }

    /**
     * A lost connection tells about the item only if others succeed meanwhile: otherwise it is the endpoint, and a
     * partition of ten minutes would fail every item in flight.
     */
    private boolean tellsAboutTheItem(EndpointException e, long successesBefore, BooleanSupplier alone) {
        return switch (e.kind()) {
            case THROTTLED -> false;
            case UNREACHABLE -> items.successes() > successesBefore || alone.getAsBoolean();
            default -> true;
        };
    }

    /** A request for many items (a page, a look-up): tried again as long as the patience lasts. */
    <R> R patiently(Request<R> request) throws EndpointException, HaltedException, InterruptedException {
        Patience patience = new Patience(time, policy.patience());
        for (int attempt = 1; ; attempt++) {
            halt.check();
            try {
                R value = request.send();
                progress.waiting("");
                return value;
            } catch (EndpointException e) {
                if (!e.retryable()) {
                    throw e;
                }
                LOG.debug("attempt {} on {}: {}", attempt, e.endpoint(), e.getMessage());
                waitingFor(e);
                if (patience.exhausted()) {
                    throw outOfPatience(e);
                }
            }
            halt.sleep(policy.pause(attempt, random));
        }
    }

    void waitingFor(EndpointException e) {
        progress.waiting("waiting: " + e.endpoint() + ": " + e.getMessage());
    }

    EndpointException outOfPatience(EndpointException e) {
        return new EndpointException(
                e.endpoint(),
                Kind.UNUSABLE,
                e.getMessage() + "; waited " + policy.patience().toMinutes()
                        + " minutes for it. Nothing is lost: start the same command again when it is back.",
                e);
    }
}
