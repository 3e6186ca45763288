package org.cchq.migrate.kind.blobs;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.Sleeper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a look-up again where that may help: pauses double, with jitter, about half a minute in all. For commands that
 * only look things up; a back-fill's retries are the engine's. Thread-safe.
 */
final class EndpointPatience {
    private static final Logger LOG = LoggerFactory.getLogger(EndpointPatience.class);
    private static final int ATTEMPTS = 6;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

    private final Sleeper sleeper;

    EndpointPatience(Sleeper sleeper) {
        this.sleeper = sleeper;
    }

    /** One request; sent more than once. */
    interface Request<T> {
        T send() throws EndpointException, InterruptedException;
    }

    <T> T ask(Request<T> request) throws EndpointException, InterruptedException {
        Duration pause = FIRST_PAUSE;
        for (int attempt = 1; ; attempt++) {
            try {
                return request.send();
            } catch (EndpointException e) {
                if (!e.retryable() || attempt == ATTEMPTS) {
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
            pause = pause.multipliedBy(2);
        }
    }
}
