package org.cchq.migrate.testing;

import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Decides which requests go wrong. Called by many threads. */
@FunctionalInterface
public interface FaultScript {
    /**
     * A request as the relay sees it before it passes it on.
     *
     * @param range value of its Range header, "" for none
     */
    record Request(int number, String method, String target, long bodyLength, String range) {}

    FaultScript HEALTHY = request -> Fault.NONE;

    Fault faultFor(Request request);

    /** Every request of this method. */
    static FaultScript on(String method, Fault fault) {
        return request -> request.method().equals(method) ? fault : Fault.NONE;
    }

    /** The first {@code times} requests that match. */
    static FaultScript first(int times, Predicate<Request> matching, Fault fault) {
        AtomicInteger left = new AtomicInteger(times);
        return request -> matching.test(request) && left.getAndDecrement() > 0 ? fault : Fault.NONE;
    }

    /** A fraction of all requests, the same for the same seed and order. */
    static FaultScript sometimes(double fraction, long seed, Fault fault) {
        Random random = new Random(seed);
        return request -> {
            synchronized (random) {
                return random.nextDouble() < fraction ? fault : Fault.NONE;
            }
        };
    }
}
