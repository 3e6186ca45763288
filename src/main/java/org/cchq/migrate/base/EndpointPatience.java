package org.cchq.migrate.base;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a single request again where that may help: pauses double up to eight seconds, with jitter, about a minute in
 * all. For look-ups, and for the first requests of a run; the items of a back-fill are tried again by the engine.
 * Thread-safe.
 */
public final class EndpointPatience {
    private static final Logger LOG = LoggerFactory.getLogger(EndpointPatience.class);
    private static final int ATTEMPTS = 10;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);

    private final Sleeper sleeper;
    private final Predicate<EndpointException> worthIt;

    /** Tries again whatever is retryable. */
    public EndpointPatience(Sleeper sleeper) {
        this(sleeper, EndpointException::retryable);
    }

    /** @param worthIt failures after which another attempt makes sense */
    public EndpointPatience(Sleeper sleeper, Predicate<EndpointException> worthIt) {
        this.sleeper = sleeper;
        this.worthIt = worthIt;
    }

    /** One request; sent more than once. */
    @FunctionalInterface
    public interface Request<T> {
        T send() throws EndpointException, InterruptedException;
    }

    /** The request's answer, or its last failure. */
    public <T> T ask(Request<T> request) throws EndpointException, InterruptedException {
        Duration pause = FIRST_PAUSE;
        for (int attempt = 1; ; attempt++) {
            try {
                return request.send();
            } catch (EndpointException e) {
                if (!worthIt.test(e) || attempt == ATTEMPTS) {
                    throw e;
                }
                LOG.warn(
                        "attempt {} of {} failed, waiting about {} ms: {}",
                        attempt,
                        ATTEMPTS,
                        pause.toMillis(),
                        e.getMessage());
            }
            sleeper.sleep(pause.plusMillis(ThreadLocalRandom.current().nextLong(pause.toMillis())));
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }
}
