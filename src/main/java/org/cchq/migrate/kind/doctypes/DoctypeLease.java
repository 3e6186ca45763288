package org.cchq.migrate.kind.doctypes;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.engine.LeaseHeldException;
import org.cchq.migrate.store.document.DocumentDatabase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to carry documents in one direction: a record in both databases that its holder renews. A second runner, on
 * any host, is refused; a holder that was killed is in nobody's way for more than a minute. No clocks are compared: a
 * holder that is not known to be gone is watched until it renews, or has not done so for long enough.
 */
public final class DoctypeLease implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DoctypeLease.class);
    private static final Duration RENEWAL = Duration.ofSeconds(5);
    private static final Duration DEAD = Duration.ofSeconds(40);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration SECOND_LOOK = Duration.ofMillis(150);

    private final String name;
    private final List<DocumentDatabase> databases;
    private final Runner runner;
    private final Thread renewing;
    private long renewal;
    private volatile boolean lost;

    private DoctypeLease(String name, List<DocumentDatabase> databases, Runner runner) {
        this.name = name;
        this.databases = databases;
        this.runner = runner;
        this.renewing = new Thread(this::renew, "lease");
        this.renewing.setDaemon(true);
    }

    /**
     * Takes it and keeps on renewing it until it is closed. Waits up to 40 seconds for a holder that gives no sign.
     *
     * @throws LeaseHeldException somebody else holds it; says who
     */
    public static DoctypeLease take(DoctypeEnds ends, Direction direction)
            throws LeaseHeldException, EndpointException, InterruptedException {
        String name = SharedRecord.localName(ends.migrator().slug(), direction.suffix() + "-lease");
        List<DocumentDatabase> databases = List.of(ends.source(), ends.target());
        Runner runner = Runner.current();
        for (DocumentDatabase database : databases) {
            waitForItsHolder(database, name, ends.migrator().slug());
        }
        runner.holds();
        boolean taken = false;
        try {
            for (DocumentDatabase database : databases) {
                SharedRecord.put(database, name, runner.fields(0));
            }
            // Of two who write at the same moment both may hear that they did; only one of them still stands there
            // then.
            TimeUnit.MILLISECONDS.sleep(SECOND_LOOK.toMillis());
            for (DocumentDatabase database : databases) {
                Optional<Runner> holder = holder(database, name);
                if (holder.isEmpty() || !holder.get().token().equals(runner.token())) {
                    throw new LeaseHeldException(
                            "migration " + ends.migrator().slug(),
                            holder.map(Runner::toString).orElse("a run that is just starting"));
                }
            }
            DoctypeLease lease = new DoctypeLease(name, databases, runner);
            lease.renewing.start();
            taken = true;
            return lease;
        } finally {
            if (!taken) {
                runner.ends();
            }
        }
    }

    /** Who holds it, as the records say, unless it is known to be gone. */
    static Optional<String> holderOf(DoctypeEnds ends, Direction direction)
            throws EndpointException, InterruptedException {
        String name = SharedRecord.localName(ends.migrator().slug(), direction.suffix() + "-lease");
        return holder(ends.source(), name).filter(one -> !one.isKnownToBeGone()).map(Runner::toString);
    }

    /** True as soon as somebody else has taken it: stop. */
    public boolean lost() {
        return lost;
    }

    @Override
    public void close() {
        renewing.interrupt();
        try {
            renewing.join();
            for (DocumentDatabase database : databases) {
                if (!lost) {
                    release(database);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            runner.ends();
        }
    }

    private void release(DocumentDatabase database) throws InterruptedException {
        try {
            Optional<Map<String, @Nullable Object>> there = database.local(name);
            if (there.flatMap(Runner::of)
                    .filter(holder -> holder.token().equals(runner.token()))
                    .isPresent()) {
                Map<String, @Nullable Object> free = new LinkedHashMap<>();
                free.put("_rev", there.get().get("_rev"));
                database.putLocal(name, free);
            }
        } catch (EndpointException e) {
            LOG.warn("the lease was not given back, and ends by itself: {}", e.getMessage());
        }
    }

    private static void waitForItsHolder(DocumentDatabase database, String name, String slug)
            throws LeaseHeldException, EndpointException, InterruptedException {
        Optional<Map<String, @Nullable Object>> first = database.local(name);
        Optional<Runner> holder = first.flatMap(Runner::of).filter(one -> !one.isKnownToBeGone());
        if (holder.isEmpty()) {
            return;
        }
        if (holder.get().isKnownToRun()) {
            throw new LeaseHeldException("migration " + slug, holder.get().toString());
        }
        long began = System.nanoTime();
        while (System.nanoTime() - began < DEAD.toNanos()) {
            TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
            Optional<Map<String, @Nullable Object>> now = database.local(name);
            Optional<Runner> who = now.flatMap(Runner::of);
            if (who.isEmpty()) {
                return;
            }
            if (!Objects.equals(now.get().get("renewal"), first.get().get("renewal"))
                    || !who.get().token().equals(holder.get().token())) {
                throw new LeaseHeldException("migration " + slug, who.get().toString());
            }
        }
        LOG.warn(
                "the run of {} has given no sign for {} seconds and is taken for ended",
                holder.get(),
                DEAD.toSeconds());
    }

    private void renew() {
        try {
            while (!lost) {
                TimeUnit.MILLISECONDS.sleep(RENEWAL.toMillis());
                renewal++;
                for (DocumentDatabase database : databases) {
                    renew(database);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void renew(DocumentDatabase database) throws InterruptedException {
        try {
            Optional<Runner> holder = holder(database, name);
            if (holder.isPresent() && !holder.get().token().equals(runner.token())) {
                lost = true;
                LOG.warn("the lease was taken by {}", holder.get());
                return;
            }
            SharedRecord.put(database, name, runner.fields(renewal));
        } catch (EndpointException e) {
            LOG.debug("the lease could not be renewed: {}", e.getMessage());
        }
    }

    private static Optional<Runner> holder(DocumentDatabase database, String name)
            throws EndpointException, InterruptedException {
        return database.local(name).flatMap(Runner::of);
    }
}
