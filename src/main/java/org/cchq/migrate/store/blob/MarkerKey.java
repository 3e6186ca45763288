package org.cchq.migrate.store.blob;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Key of an object that shows whether two endpoints lead to one store: {@code cchq-migrate-probe-<uuid>}, a UUID of version
 * 7 (RFC 9562), which tells when it was made.
 */
public final class MarkerKey {
    static final String PREFIX = "cchq-migrate-probe-";

    private static final Pattern KEY =
            Pattern.compile(PREFIX + "([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    private static final SecureRandom RANDOM = new SecureRandom();

    private MarkerKey() {}

    /** A key that nobody else has. */
    public static String make(Instant now) {
        long random = RANDOM.nextLong();
        long high = (now.toEpochMilli() << 16) | 0x7000L | (random & 0xfffL);
        long low = (RANDOM.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
        return PREFIX + new UUID(high, low);
    }

    /** When a marker was made; empty for any other key. */
    static Optional<Instant> madeAt(String key) {
        Matcher marker = KEY.matcher(key);
        return marker.matches()
                ? Optional.of(Instant.ofEpochMilli(Long.parseLong(marker.group(1) + marker.group(2), 16)))
                : Optional.empty();
    }
}
