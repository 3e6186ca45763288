package org.cchq.migrate.ssh;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.base.EndpointException;
import org.jspecify.annotations.Nullable;

/**
 * Connections that somebody has done with, for the next one who goes to the same host: a login costs host and network more
 * than most of what is asked over it. Each is used by one at a time. One that was lost, over which something still runs, or
 * that nobody has wanted for a while is ended and made anew. Threads share it.
 */
public final class KeptConnections implements AutoCloseable {
    /** Longer than the steps of a command are apart, shorter than what lies between two hosts forgets connections. */
    private static final Duration MOST_IDLE = Duration.ofMinutes(1);

    /** Logs in. */
    public interface Way {
        /** A connection of its own. */
        SshConnection connect() throws EndpointException, InterruptedException;
    }

    private record Idle(SshConnection connection, Instant since) {}

    private final InstantSource clock;
    private final Map<SshTarget, Deque<Idle>> idle = new HashMap<>();
    private boolean closed;

    public KeptConnections(InstantSource clock) {
        this.clock = clock;
    }

    /** One that was kept for the target, or a new one. Whoever closes it gives it back. */
    public SshConnection to(SshTarget target, Way way) throws EndpointException, InterruptedException {
        @Nullable SshConnection found = take(target);
        return (found == null ? way.connect() : found).again(this::back);
    }

    private @Nullable SshConnection take(SshTarget target) {
        List<SshConnection> ended = new ArrayList<>();
        @Nullable SshConnection found = null;
        synchronized (this) {
            Deque<Idle> kept = idle.getOrDefault(target, new ArrayDeque<>());
            Instant oldest = clock.instant().minus(MOST_IDLE);
            while (found == null && !kept.isEmpty()) {
                Idle last = kept.pop();
                if (last.since().isAfter(oldest) && last.connection().usable()) {
                    found = last.connection();
                } else {
                    ended.add(last.connection());
                }
            }
        }
        ended.forEach(SshConnection::end);
        return found;
    }

    private void back(SshConnection connection) {
        boolean keep = connection.usable();
        synchronized (this) {
            keep = keep && !closed;
            if (keep) {
                idle.computeIfAbsent(connection.target(), unused -> new ArrayDeque<>())
                        .push(new Idle(connection, clock.instant()));
            }
        }
        if (!keep) {
            connection.end();
        }
    }

    /** Ends all that nobody uses, and each of the others when it is given back. */
    @Override
    public void close() {
        List<Idle> left = new ArrayList<>();
        synchronized (this) {
            closed = true;
            idle.values().forEach(left::addAll);
            idle.clear();
        }
        left.forEach(one -> one.connection().end());
    }
}
