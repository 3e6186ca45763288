package org.cchq.migrate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.migration.Finding;
import org.cchq.migrate.migration.Outcome;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random runs with random faults and deletes, killed at random points and started again: whatever happened, the pass ends
 * with every item counted once, everything copied, and nothing left of what was deleted.
 *
 * <p>A kill is a copy of the ledger's files at that point, also in the middle of a transaction; the stores change no more,
 * and the next session begins from the copy.
 */
class ResumePropertyTest {
    private static final int SCHEDULES = 300;
    private static final int AT_ONCE = 12;
    private static final int MOST_KILLS = 3;
    private static final int MOST_SESSIONS = 40;

    @TempDir
    Path directory;

    @Test
    @Timeout(300)
    void nothingIsLostAndNothingCountedTwice() throws Exception {
        AtomicInteger killed = new AtomicInteger();
        AtomicInteger orphans = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<?>> schedules = new ArrayList<>();
            for (int seed = 1; seed <= SCHEDULES; seed++) {
                Schedule schedule = new Schedule(seed, Files.createDirectory(directory.resolve("seed" + seed)));
                schedules.add(threads.submit(() -> {
                    PassResult result = schedule.runToTheEnd();
                    schedule.check(result);
                    killed.addAndGet(schedule.kills);
                    orphans.addAndGet((int) result.pass().orphansRemoved());
                    return result;
                }));
            }
            for (int seed = 1; seed <= SCHEDULES; seed++) {
                try {
                    schedules.get(seed - 1).get();
                } catch (ExecutionException e) {
                    throw new AssertionError("seed " + seed, e.getCause());
                }
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(killed.get()).as("schedules that were really killed").isGreaterThan(SCHEDULES / 2);
        assertThat(orphans.get()).as("deletes that hit a copy under way").isPositive();
    }

    /** The process is gone. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    private static final class Schedule {
        private final Random random;
        private final Path directory;
        private final World world;
        private final int initialRows;
        private final FakeTime time = new FakeTime();
        private final PipelineSettings settings;
        private int kills;

        Schedule(int seed, Path directory) {
            this.random = new Random(seed);
            this.directory = directory;
            this.world = World.of(1 + random.nextInt(3), random.nextInt(30));
            this.initialRows = world.size();
            this.settings = Runs.SETTINGS
                    .withChunkItems(1 + random.nextInt(6))
                    .withSettle(Duration.ofSeconds(random.nextInt(2) * 30L));
        }

        PassResult runToTheEnd() throws Exception {
            Path ledger = Files.createDirectory(directory.resolve("session0")).resolve("ledger.sqlite");
            for (int number = 1; number <= MOST_SESSIONS; number++) {
                Path next = Files.createDirectory(directory.resolve("session" + number))
                        .resolve("ledger.sqlite");
                int killAt = kills < MOST_KILLS ? 1 + random.nextInt(150) : Integer.MAX_VALUE;
                Session session = new Session(world, new Random(random.nextLong()), killAt, next, number);
                try {
                    PassResult result = session.run(ledger, settings, time);
                    checkMarks(ledger);
                    if (result.end() == PassResult.End.COMPLETE) {
                        return result;
                    }
                } catch (Killed e) {
                    kills++;
                    ledger = next;
                    checkMarks(ledger);
                }
            }
            throw new AssertionError("not complete after " + MOST_SESSIONS + " sessions");
        }

        /** Below the low-water mark everything is on the target, or listed. */
        private void checkMarks(Path file) throws Exception {
            try (Ledger ledger = Ledger.open(file, Runs.IDENTITY, Runs.OWNER, Clock.systemUTC())) {
                Set<String> listed = new HashSet<>();
                for (Finding finding : ledger.findings("", Long.MIN_VALUE, 1000)) {
                    listed.add(finding.key());
                }
                for (String partition : world.rows.keySet()) {
                    long mark = ledger.lowWater(partition).orElse(Long.MIN_VALUE);
                    Collection<String> below =
                            world.rows.get(partition).headMap(mark, true).values();
                    assertThat(below).allMatch(key -> world.target.contains(key) || listed.contains(key));
                }
            }
        }

        void check(PassResult result) {
            assertThat(world.target).containsExactlyInAnyOrderElementsOf(world.remainingKeys());
            assertThat(result.number()).isEqualTo(1);
            assertThat(result.pass().done()).isEqualTo(result.pass().enumerated());
            assertThat(result.pass().enumerated()).isBetween((long) world.size(), (long) initialRows);
            assertThat(result.pass().bytes()).isEqualTo(result.pass().of(Outcome.COPIED) * FakeWork.BYTES);
            assertThat(result.pass().of(Outcome.FAILED) + result.pass().of(Outcome.DENIED))
                    .isZero();
        }
    }

    /** One process: its threads share the world with the site, which deletes. */
    private static final class Session extends FakeWork {
        private static final int HEALED_AT = 6;

        private final Random random;
        private final Path copy;
        private final int number;
        private int stepsLeft;
        private boolean killed;
        private @Nullable Ledger ledger;

        Session(World world, Random random, int killAt, Path copy, int number) {
            super(world);
            this.random = random;
            this.stepsLeft = killAt;
            this.copy = copy;
            this.number = number;
        }

        PassResult run(Path file, PipelineSettings settings, FakeTime time) throws Exception {
            try (Ledger opened = Ledger.open(file, Runs.IDENTITY, Runs.OWNER, new SteppingClock(time))) {
                synchronized (world) {
                    ledger = opened;
                }
                int workers = 1 + random.nextInt(4);
                return new Pipeline<>(
                                this,
                                opened,
                                settings,
                                new RunControl(workers),
                                new Progress(time),
                                finding -> step(),
                                time,
                                time,
                                new Random(1))
                        .run();
            }
        }

        /** A point at which the process may be killed. */
        void step() {
            Ledger toCopy = null;
            synchronized (world) {
                beforeChange();
                stepsLeft--;
                if (stepsLeft == 0 && ledger != null) {
                    killed = true;
                    toCopy = ledger;
                } else if (random.nextInt(40) == 0) {
                    deleteOne();
                }
            }
            if (toCopy != null) {
                copyLedger(toCopy);
                throw new Killed();
            }
        }

        @Override
        void beforeChange() {
            if (killed) {
                throw new Killed();
            }
        }

        private void deleteOne() {
            List<String> partitions = List.copyOf(world.rows.keySet());
            String partition = partitions.get(random.nextInt(partitions.size()));
            List<Long> ids = List.copyOf(world.rows.get(partition).keySet());
            if (!ids.isEmpty()) {
                world.delete(partition, ids.get(random.nextInt(ids.size())));
            }
        }

        private void copyLedger(Ledger from) {
            synchronized (from) {
                try {
                    for (String suffix : List.of("", "-wal")) {
                        Path part = from.path().resolveSibling("ledger.sqlite" + suffix);
                        if (Files.exists(part)) {
                            Files.copy(part, copy.resolveSibling("ledger.sqlite" + suffix));
                        }
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        @Override
        void beforeItem(Row row) throws EndpointException {
            step();
            boolean broken = number < HEALED_AT && Math.floorMod(row.key().hashCode(), 11) == 3;
            if (broken) {
                Kind kind = row.id() % 2 == 0 ? Kind.DENIED : Kind.SERVER_ERROR;
                throw new EndpointException("new", kind, "broken item");
            }
            trouble(15);
        }

        @Override
        void afterReading(Row row) throws EndpointException {
            step();
            synchronized (world) {
                if (random.nextInt(40) == 0) {
                    world.delete(row.partition(), row.id());
                }
            }
            trouble(30);
        }

        @Override
        public List<Row> page(String partition, long after, int limit) throws EndpointException, InterruptedException {
            step();
            trouble(10);
            return super.page(partition, after, limit);
        }

        @Override
        public List<Row> reload(String partition, Collection<Long> ids) throws EndpointException, InterruptedException {
            step();
            trouble(10);
            return super.reload(partition, ids);
        }

        @Override
        public List<Settled<Row>> settle(String partition, List<Settled<Row>> items)
                throws EndpointException, InterruptedException {
            step();
            trouble(10);
            List<Settled<Row>> changed = super.settle(partition, items);
            step();
            return changed;
        }

        private void trouble(int oneIn) throws EndpointException {
            synchronized (world) {
                if (random.nextInt(oneIn) == 0) {
                    Kind[] kinds = {Kind.SERVER_ERROR, Kind.UNREACHABLE, Kind.THROTTLED, Kind.CORRUPT};
                    throw new EndpointException("new", kinds[random.nextInt(kinds.length)], "random trouble");
                }
            }
        }

        /** The ledger asks it inside its transactions. */
        private final class SteppingClock extends Clock {
            private final Clock time;

            SteppingClock(Clock time) {
                this.time = time;
            }

            @Override
            public Instant instant() {
                step();
                return time.instant();
            }

            @Override
            public ZoneId getZone() {
                return time.getZone();
            }

            @Override
            public Clock withZone(ZoneId zone) {
                throw new UnsupportedOperationException();
            }
        }
    }
}
