package org.cchq.migrate.engine;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place that tries again. An item is given up after some attempts of its own, after more of them if an endpoint
 * answers only this item with a request for patience; an endpoint that is throttled or unreachable for everybody is
 * waited for, by time, and no item is blamed. Thread-safe.
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
    /** Answers to any item that asked for patience. */
    private final AtomicLong throttled = new AtomicLong();

    private final AtomicInteger inTrouble = new AtomicInteger();

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
     * Attempts at one item, through the gate. An attempt that got further than all before it gives the item all its
     * attempts again: a large blob with a fault in every tenth part is copied, one that gets nowhere is given up.
     *
     * @param alone whether no other item could show that an endpoint works which fails in this way
     * @throws EndpointException if no item can succeed, or the endpoint did not come back in time: the run ends
     */
    <R> Answer<R> item(String name, Predicate<Kind> alone, Request<R> request)
            throws GivenUp, EndpointException, HaltedException, InterruptedException {
        @Nullable Trouble trouble = null;
        try {
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
                    trouble = trouble == null ? new Trouble() : trouble;
                    if (e.kind() == Kind.THROTTLED) {
                        gate.throttled(round);
                    }
                    boolean itsOwn = trouble.isTheItems(e.kind(), before, alone);
                    trouble.reached(e.reached());
                    if (itsOwn && trouble.endless()) {
                        throw new GivenUp(e, attempt);
                    }
                    if (!itsOwn || e.kind() == Kind.THROTTLED) {
                        waitingFor(e);
                    }
                    if (!itsOwn && items.exhausted()) {
                        throw outOfPatience(e);
                    }
                } finally {
                    gate.leave();
                }
                halt.sleep(policy.pause(trouble.inARow(), random));
            }
        } finally {
            if (trouble != null) {
                inTrouble.decrementAndGet();
            }
        }
    }

    /** Items whose last attempt failed, and that are tried again. */
    int inTrouble() {
        return inTrouble.get();
    }

    /** The failed attempts of one item, and whether they tell about the item or about its endpoint. For one thread. */
    private final class Trouble {
        private int failures;
        private int throttledFailures;
        private int inARow;
        private long furthest;
        private long successesBefore = items.successes();
        private long throttledBefore = throttled.get();
        private long ownThrottled;

        Trouble() {
            inTrouble.incrementAndGet();
        }

        /**
         * A lost connection tells about the item only if others succeed meanwhile: otherwise it is the endpoint, and a
         * partition of ten minutes would fail every item in flight.
         */
        boolean isTheItems(Kind kind, long successesBeforeAttempt, Predicate<Kind> alone) {
            inARow++;
            boolean tells = switch (kind) {
                case THROTTLED -> othersAreSpared() || alone.test(kind);
                case UNREACHABLE -> items.successes() > successesBeforeAttempt || alone.test(kind);
                default -> true;
            };
            if (tells && kind == Kind.THROTTLED) {
                throttledFailures++;
            } else if (tells) {
                failures++;
            }
            return tells;
        }

        /**
         * Since an attempt of this item was last held against it, more attempts of others went well than were throttled:
         * in a storm that lets a few through, all wait.
         */
        private boolean othersAreSpared() {
            ownThrottled++;
            long wentWell = items.successes() - successesBefore;
            long othersThrottled = throttled.incrementAndGet() - throttledBefore - ownThrottled;
            if (wentWell <= othersThrottled) {
                return false;
            }
            successesBefore = items.successes();
            throttledBefore = throttled.get();
            ownThrottled = 0;
            return true;
        }

        /** Forgives what was before an attempt that got further than all others. */
        void reached(long steps) {
            if (steps > furthest) {
                furthest = steps;
                failures = 0;
                throttledFailures = 0;
                inARow = 1;
                items.wentOn();
            }
        }

        /** Failed attempts since one got further. */
        int inARow() {
            return inARow;
        }

        boolean endless() {
            return failures >= policy.attempts() || throttledFailures >= policy.throttledAttempts();
        }
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
        progress.waiting(e.endpoint() + ": " + e.getMessage());
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
