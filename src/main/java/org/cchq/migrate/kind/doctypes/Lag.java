package org.cchq.migrate.kind.doctypes;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * How far the other database is behind.
 *
 * @param changes in the feed that are not accounted for yet; empty if the server does not say, or in a first copy
 * @param behind everything that was written longer ago than this is in the other database; zero while the end of the
 *     feed is waited at
 */
public record Lag(OptionalLong changes, Duration behind) {
    public static final Lag UNKNOWN = new Lag(OptionalLong.empty(), Duration.ZERO);
}
