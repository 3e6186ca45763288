package org.cchq.migrate.run;

import java.time.Duration;
import java.util.function.Function;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.push.HostBase;

/**
 * Follows a job to its end: output and events by byte offset, so that nothing is told twice or left out when the
 * connection is lost in between.
 */
public final class JobFollower {
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private final HostAccess host;
    private final Sleeper sleeper;

    public JobFollower(HostAccess host, Sleeper sleeper) {
        this.host = host;
        this.sleeper = sleeper;
    }

    /**
     * Returns when the job has ended. Reconnects for ever; what can never work (a refused key, an unknown host) is
     * thrown at once.
     */
    public FollowEnd follow(String id, JobListener listener) throws EndpointException, InterruptedException {
        return follow(base -> new JobDirectory(base, id), listener);
    }

    /** As {@link #follow(String, JobListener)}, of a job that is elsewhere. */
    public FollowEnd follow(Function<HostBase, JobDirectory> job, JobListener listener)
            throws EndpointException, InterruptedException {
        FollowedStreams streams = new FollowedStreams(listener);
        Duration wait = FIRST_WAIT;
        boolean lost = false;
        while (true) {
            long before = streams.position();
            try (HostSession session = host.open()) {
                if (lost) {
                    listener.connectedAgain();
                    lost = false;
                }
                FollowEnd end = new FollowScript(job.apply(session.base())).run(session, streams);
                streams.finish();
                return end;
            } catch (EndpointException e) {
                if (!e.retryable()) {
                    throw e;
                }
                wait = streams.position() > before ? FIRST_WAIT : wait;
                lost = true;
                listener.lost(e, wait);
            }
            sleeper.sleep(wait);
            wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait.multipliedBy(2);
        }
    }
}
