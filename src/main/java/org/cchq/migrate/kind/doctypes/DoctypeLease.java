package org.cchq.migrate.kind.doctypes;

import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.engine.LeaseHeldException;

/**
 * The right to carry documents in one direction: a record in both databases that its holder renews. A second runner, on
 * any host, is refused; a holder that was killed is in nobody's way for more than a minute.
 */
public final class DoctypeLease implements AutoCloseable {
    private DoctypeLease() {}

    /**
     * Takes it and keeps on renewing it until it is closed.
     *
     * @throws LeaseHeldException somebody else holds it; says who
     */
    public static DoctypeLease take(DoctypeEnds ends, Direction direction)
            throws LeaseHeldException, EndpointException, InterruptedException {
        Unfinished.check();
        return new DoctypeLease();
    }

    /** True as soon as somebody else has taken it: stop. */
    public boolean lost() {
        Unfinished.check();
        return true;
    }

    @Override
    public void close() {}
}
