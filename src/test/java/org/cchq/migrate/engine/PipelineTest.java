package org.cchq.migrate.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.migration.Finding;
import org.cchq.migrate.migration.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PipelineTest {
    @TempDir
    Path directory;

    private Runs runs;
    private World world;

    @BeforeEach
    void start() {
        runs = new Runs(directory);
        world = World.of(3, 40);
    }

    @Test
    void copiesEverythingOnce() throws Exception {
        PassResult result = runs.run(new FakeWork(world));

        assertThat(result.end()).isEqualTo(PassResult.End.COMPLETE);
        assertThat(result.pass().enumerated()).isEqualTo(120);
        assertThat(result.pass().outcomes()).containsOnlyKeys(Outcome.COPIED).containsEntry(Outcome.COPIED, 120L);
        assertThat(result.pass().bytes()).isEqualTo(120 * FakeWork.BYTES);
        assertThat(result.session()).isEqualTo(result.pass());
        assertThat(runs.progress.snapshot().pass()).isEqualTo(result.pass());
        assertThat(world.target).isEqualTo(world.source);
    }

    @Test
    void aCompletePassIsFollowedByAnotherOverEverything() throws Exception {
        runs.run(new FakeWork(world));

        PassResult second = runs.run(new FakeWork(world));

        assertThat(second.number()).isEqualTo(2);
        assertThat(second.pass().of(Outcome.ALREADY_THERE)).isEqualTo(120);
    }

    @Test
    void anItemThatAlwaysFailsIsListedAndTriedAgainByTheNextStart() throws Exception {
        // The checkpoint once passed an item that failed at the end of a page, and the next run never looked at it.
        String broken = "p1/2";
        FakeWork first = new FakeWork(world) {
            @Override
            void beforeItem(Row row) throws EndpointException {
                if (row.key().equals(broken)) {
                    throw new EndpointException("new", Kind.SERVER_ERROR, "500");
                }
            }
        };

        PassResult result = runs.run(first);

        assertThat(result.end()).isEqualTo(PassResult.End.UNRESOLVED);
        assertThat(result.pass().of(Outcome.FAILED)).isEqualTo(1);
        assertThat(runs.heard).extracting(Finding::key).containsExactly(broken);

        FakeWork second = new FakeWork(world);
        result = runs.run(second);

        assertThat(result.end()).isEqualTo(PassResult.End.COMPLETE);
        assertThat(result.number()).isEqualTo(1);
        assertThat(second.processed).containsOnlyKeys(broken);
        assertThat(result.pass().outcomes()).isEqualTo(Map.of(Outcome.COPIED, 120L));
        assertThat(result.session().outcomes()).isEqualTo(Map.of(Outcome.COPIED, 1L));
    }

    @Test
    void whenOnlyKeysThatAreAlwaysThrottledAreLeftTheyFailAndTheRunEnds() throws Exception {
        // Such a key once made every run wait for the whole patience and end as if the store were down.
        beEndlesslyPatient();
        PassResult result = runs.run(alwaysFails(Kind.THROTTLED, Set.of("p1/37", "p2/37", "p3/37")));

        assertThat(result.end()).isEqualTo(PassResult.End.UNRESOLVED);
        assertThat(result.pass().outcomes()).isEqualTo(Map.of(Outcome.COPIED, 117L, Outcome.FAILED, 3L));
    }

    @Test
    void moreThrottledKeysThanWorkersDoNotHoldTheNextStartUp() throws Exception {
        Set<String> broken = Set.of("p1/0", "p1/1", "p2/0", "p2/1", "p3/0");
        runs.run(alwaysFails(Kind.SERVER_ERROR, broken));
        beEndlesslyPatient();

        PassResult result = runs.run(alwaysFails(Kind.THROTTLED, broken));

        assertThat(result.end()).isEqualTo(PassResult.End.UNRESOLVED);
        assertThat(result.pass().outcomes()).isEqualTo(Map.of(Outcome.COPIED, 115L, Outcome.FAILED, 5L));
        assertThat(runs.run(new FakeWork(world)).pass().outcomes()).isEqualTo(Map.of(Outcome.COPIED, 120L));
    }

    /** The injected time runs ahead while one waits and others work: only what they do may end the waiting. */
    private void beEndlesslyPatient() {
        RetryPolicy retry = Runs.SETTINGS.retry();
        runs.settings = Runs.SETTINGS.withRetry(
                new RetryPolicy(retry.attempts(), retry.first(), retry.longest(), Duration.ofDays(36_500)));
    }

    private FakeWork alwaysFails(Kind kind, Set<String> keys) {
        return new FakeWork(world) {
            @Override
            void beforeItem(Row row) throws EndpointException {
                if (keys.contains(row.key())) {
                    throw new EndpointException("new", kind, "503 SlowDown");
                }
            }
        };
    }

    @Test
    void aFailedItemWhoseRowIsGoneIsNotReferenced() throws Exception {
        String denied = "p2/0";
        runs.run(new FakeWork(world) {
            @Override
            void beforeItem(Row row) throws EndpointException {
                if (row.key().equals(denied)) {
                    throw new EndpointException("old", Kind.DENIED, "403");
                }
            }
        });
        world.delete("p2", 0);

        PassResult result = runs.run(new FakeWork(world));

        assertThat(result.end()).isEqualTo(PassResult.End.COMPLETE);
        assertThat(result.pass().outcomes()).isEqualTo(Map.of(Outcome.COPIED, 119L, Outcome.NOT_REFERENCED, 1L));
    }

    @Test
    void cancellingLeavesEverythingToBeResumed() throws Exception {
        PassResult cancelled = runs.run(new FakeWork(world) {
            @Override
            void afterReading(Row row) {
                if (row.key().equals("p1/7")) {
                    runs.control.cancel("alice on control1");
                }
            }
        });
        assertThat(cancelled.end()).isEqualTo(PassResult.End.STOPPED);
        try (LedgerReader ledger = LedgerReader.open(runs.file)) {
            assertThat(ledger.lastPass().orElseThrow().state()).isEqualTo(PassState.STOPPED);
            assertThat(ledger.lastPass().orElseThrow().remark()).isEqualTo("cancelled by alice on control1");
        }

        Runs next = new Runs(directory);
        FakeWork rest = new FakeWork(world);
        PassResult result = next.run(rest);

        assertThat(result.end()).isEqualTo(PassResult.End.COMPLETE);
        assertThat(result.pass().outcomes()).as("nothing was done twice").isEqualTo(Map.of(Outcome.COPIED, 120L));
        assertThat(rest.processed).hasSize((int) (120 - cancelled.session().done()));
        assertThat(next.progress.snapshot().pass()).isEqualTo(result.pass());
    }

    @Test
    void anInterruptedRunIsResumed() throws Exception {
        Thread runner = Thread.currentThread();
        assertThatThrownBy(() -> runs.run(new FakeWork(world) {
                    @Override
                    void afterReading(Row row) {
                        if (row.key().equals("p1/7")) {
                            runner.interrupt();
                        }
                    }
                }))
                .isInstanceOf(InterruptedException.class);

        assertThat(runs.run(new FakeWork(world)).pass().done()).isEqualTo(120);
    }

    @Test
    void anUnusableEndpointEndsTheRunAndItIsResumed() throws Exception {
        assertThatThrownBy(() -> runs.run(new FakeWork(world) {
                    @Override
                    void beforeItem(Row row) throws EndpointException {
                        if (row.id() == 30) {
                            throw new EndpointException("new", Kind.UNUSABLE, "the keys have expired");
                        }
                    }
                }))
                .isInstanceOf(EndpointException.class)
                .hasMessage("the keys have expired");

        assertThat(runs.run(new FakeWork(world)).end()).isEqualTo(PassResult.End.COMPLETE);
        assertThat(world.target).isEqualTo(world.source);
    }

    @Test
    void aThousandDeniedItemsInARowEndTheRun() throws Exception {
        world = World.of(1, Pipeline.FAILURES_IN_A_ROW + 50);

        assertThatThrownBy(() -> runs.run(new FakeWork(world) {
                    @Override
                    void beforeItem(Row row) throws EndpointException {
                        throw new EndpointException("old", Kind.DENIED, "403 AccessDenied");
                    }
                }))
                .isInstanceOf(EndpointException.class)
                .hasMessageStartingWith("1000 items in a row failed or were denied")
                .hasMessageContaining("403 AccessDenied");
    }

    @Test
    void nothingWhereRowsAreExpectedIsNotComplete() throws Exception {
        FakeWork blind = new FakeWork(world) {
            @Override
            public List<Row> page(String partition, long after, int limit) {
                return List.of();
            }
        };

        PassResult result = runs.run(blind);

        assertThat(result.end()).isEqualTo(PassResult.End.NOTHING_ENUMERATED);
        assertThat(runs.run(new FakeWork(world)).pass().of(Outcome.COPIED)).isEqualTo(120);
    }

    @Test
    void nothingToDoIsCompleteAndSaysSo() throws Exception {
        world = World.of(2, 0);

        PassResult result = runs.run(new FakeWork(world));

        assertThat(result.nothingToDo()).isTrue();
    }

    @Test
    void aShardThatCannotBeReadDoesNotHoldTheOthersUp() throws Exception {
        FakeWork work = new FakeWork(world) {
            @Override
            public List<Row> page(String partition, long after, int limit)
                    throws EndpointException, InterruptedException {
                boolean othersDone = processed.keySet().stream()
                                .filter(key -> !key.startsWith("p1"))
                                .count()
                        == 80;
                if (partition.equals("p1") && !othersDone) {
                    throw new EndpointException("p1", Kind.UNREACHABLE, "no route");
                }
                return super.page(partition, after, limit);
            }
        };

        beEndlesslyPatient();
        assertThat(runs.run(work).pass().of(Outcome.COPIED)).isEqualTo(120);
    }

    @Test
    void aChunkIsClosedByItsBytes() throws Exception {
        runs.settings = new PipelineSettings(
                100, 3 * FakeWork.BYTES, Duration.ZERO, Runs.SETTINGS.retry(), Duration.ofSeconds(5));
        List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());

        runs.run(new FakeWork(world) {
            @Override
            public byte[] encode(List<Row> rows) {
                sizes.add(rows.size());
                return super.encode(rows);
            }
        });

        assertThat(sizes).hasSize(42).allMatch(size -> size <= 3);
    }

    @Test
    void neverMoreChunksAreOpenThanThereAreWorkers() throws Exception {
        runs.settings = Runs.SETTINGS.withChunkItems(1);
        AtomicInteger most = new AtomicInteger();
        try (Ledger ledger = runs.open();
                LedgerReader reader = LedgerReader.open(runs.file)) {
            runs.run(
                    new FakeWork(world) {
                        @Override
                        void beforeItem(Row row) throws EndpointException {
                            most.accumulateAndGet(reader.openChunks(), Math::max);
                        }
                    },
                    ledger);
        }
        assertThat(most.get()).isBetween(1, 3);
    }
}
