package org.cchq.migrate.migration;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * One look at a running phase. Taken once, shown everywhere: terminal, log, event and report show the same snapshot.
 *
 * @param total items expected, an estimate; empty while unknown
 * @param pass counts of the whole pass, over all sessions
 * @param session counts of this process
 * @param elapsed since this process began to copy
 * @param inFlight items being worked on now
 * @param itemsPerSecond over the last half minute
 * @param bytesPerSecond over the last half minute
 * @param waiting why nothing moves ("paused by alice on control1", or an endpoint and what it last said); "" if it moves
 */
public record ProgressSnapshot(
        OptionalLong total,
        Counts pass,
        Counts session,
        Duration elapsed,
        int inFlight,
        double itemsPerSecond,
        double bytesPerSecond,
        String waiting) {}
