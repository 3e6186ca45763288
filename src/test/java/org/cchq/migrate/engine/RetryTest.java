package org.cchq.migrate.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RetryTest {
    private static final RetryPolicy POLICY = RetryPolicy.DEFAULT;

    private final FakeTime time = new FakeTime();
    private final RunControl control = new RunControl(16);
    private final Halt halt = new Halt(control, time);
    private final Gate gate = new Gate(control, halt);
    private final Progress progress = new Progress(time);
    private final Retry retry = new Retry(POLICY, time, new Random(1), halt, gate, progress);

    @Test
    void anItemIsGivenUpAfterItsAttempts() {
        assertThatThrownBy(() -> retry.item("i", any -> false, () -> fail(Kind.SERVER_ERROR)))
                .isInstanceOfSatisfying(
                        Retry.GivenUp.class, e -> assertThat(e.attempts()).isEqualTo(6));
        assertThatThrownBy(() -> retry.item("i", any -> false, () -> fail(Kind.CORRUPT)))
                .isInstanceOf(Retry.GivenUp.class);
    }

    /** A blob in 640 parts of which every one fails once, as at 1 % of bad requests five do: begun anew it never ends. */
    @Test
    void anAttemptThatGotFurtherIsNotHeldAgainstTheItem() throws Exception {
        AtomicInteger parts = new AtomicInteger();

        Retry.Answer<String> answer = retry.item("i", any -> true, () -> {
            if (parts.incrementAndGet() == 640) {
                return "stored";
            }
            throw failure(Kind.SERVER_ERROR).havingReached(parts.get());
        });

        assertThat(answer.attempts()).isEqualTo(640);
        assertThat(Duration.ofNanos(time.nanos()))
                .as("pauses do not grow while it goes on")
                .isLessThan(POLICY.first().multipliedBy(640));
    }

    @Test
    void anItemThatGetsNoFurtherIsGivenUpHoweverFarItHadGot() {
        for (Kind kind : new Kind[] {Kind.SERVER_ERROR, Kind.UNREACHABLE}) {
            AtomicInteger attempts = new AtomicInteger();

            // Further up to 10; then begun anew, twice, and no further than it was.
            assertThatThrownBy(() -> retry.item("i", any -> true, () -> {
                        int attempt = attempts.incrementAndGet();
                        throw failure(kind).havingReached(attempt <= 10 ? attempt : attempt % 4);
                    }))
                    .isInstanceOfSatisfying(
                            Retry.GivenUp.class, e -> assertThat(e.attempts()).isEqualTo(10 + POLICY.attempts()));
        }
    }

    /** An upload of an hour whose connection is lost at its end: the endpoint worked all the time. */
    @Test
    void whoeverGoesOnIsNotOutOfPatience() throws Exception {
        AtomicInteger attempts = new AtomicInteger();

        Retry.Answer<String> answer = retry.item("i", any -> false, () -> {
            int attempt = attempts.incrementAndGet();
            if (attempt == 12) {
                return "stored";
            }
            time.sleep(Duration.ofMinutes(10));
            throw failure(Kind.UNREACHABLE).havingReached(attempt / 2);
        });

        assertThat(answer.attempts()).isEqualTo(12);
    }

    @Test
    void deniedAndRefusedAreNotTriedAgain() {
        for (Kind kind : new Kind[] {Kind.DENIED, Kind.REFUSED}) {
            assertThatThrownBy(() -> retry.item("i", any -> false, () -> fail(kind)))
                    .isInstanceOfSatisfying(
                            Retry.GivenUp.class, e -> assertThat(e.attempts()).isEqualTo(1));
        }
    }

    @Test
    void anUnusableEndpointEndsTheRunAtOnce() {
        assertThatThrownBy(() -> retry.item("i", any -> false, () -> fail(Kind.UNUSABLE)))
                .isInstanceOf(EndpointException.class);
        assertThat(time.nanos()).isZero();
    }

    @Test
    void tenMinutesOfSlowDownOrNoConnectionFailNothing() throws Exception {
        for (Kind kind : new Kind[] {Kind.THROTTLED, Kind.UNREACHABLE}) {
            long back = time.nanos() + Duration.ofMinutes(10).toNanos();

            Retry.Answer<String> answer = retry.item("i", any -> false, () -> {
                if (time.nanos() >= back) {
                    return "stored";
                }
                assertThat(gate.inFlight()).isEqualTo(1);
                return fail(kind);
            });

            assertThat(answer.value()).isEqualTo("stored");
            assertThat(answer.attempts()).isGreaterThan(POLICY.attempts());
            assertThat(progress.snapshot().waiting()).isEmpty();
        }
    }

    @Test
    void whatIsWaitedForIsShown() throws Exception {
        Deque<String> seen = new ArrayDeque<>();
        retry.item("i", any -> false, () -> {
            seen.add(progress.snapshot().waiting());
            return seen.size() == 1 ? fail(Kind.THROTTLED) : "stored";
        });

        assertThat(seen).containsExactly("", "new: Tried to store on new but THROTTLED");
    }

    @Test
    void anEndpointThatDoesNotComeBackEndsTheRunAfterItsTime() {
        assertThatThrownBy(() -> retry.item("i", any -> false, () -> fail(Kind.UNREACHABLE)))
                .isInstanceOf(EndpointException.class)
                .hasMessageContaining("waited 15 minutes")
                .hasMessageContaining("start the same command again");
        assertThat(Duration.ofNanos(time.nanos())).isBetween(Duration.ofMinutes(15), Duration.ofMinutes(16));
    }

    @Test
    void aLostConnectionIsTheItemsFaultIfOthersSucceed() {
        assertThatThrownBy(() -> retry.item("i", any -> false, () -> {
                    otherItemSucceeds();
                    return fail(Kind.UNREACHABLE);
                }))
                .isInstanceOfSatisfying(
                        Retry.GivenUp.class, e -> assertThat(e.attempts()).isEqualTo(6));
    }

    @Test
    void aLostConnectionOfTheLastItemIsNotWaitedForForLong() {
        assertThatThrownBy(() -> retry.item("i", any -> true, () -> fail(Kind.UNREACHABLE)))
                .isInstanceOf(Retry.GivenUp.class);
        assertThat(Duration.ofNanos(time.nanos())).isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void oneItemThatIsAlwaysThrottledWhileOthersAreNotIsGivenUp() {
        // One key that answered 503 for ever made every run wait its 15 minutes and end with exit 3.
        Retry shared = whileSleeping(others -> others.item("other", any -> false, () -> "stored"));

        assertThatThrownBy(() -> shared.item("i", any -> false, () -> fail(Kind.THROTTLED)))
                .isInstanceOfSatisfying(
                        Retry.GivenUp.class, e -> assertThat(e.attempts()).isBetween(20, 24));
        assertThat(shared.inTrouble()).isZero();
    }

    @Test
    void aStormThatLetsAFewThroughIsWaitedForAndBlamesNobody() throws Exception {
        int[] sent = {0};
        Retry shared = whileSleeping(others ->
                others.item("other", any -> false, () -> sent[0]++ % 3 == 2 ? "stored" : fail(Kind.THROTTLED)));
        long over = time.nanos() + Duration.ofMinutes(30).toNanos();

        Retry.Answer<String> answer =
                shared.item("i", any -> false, () -> time.nanos() >= over ? "stored" : fail(Kind.THROTTLED));

        assertThat(answer.attempts()).isGreaterThan(2 * POLICY.throttledAttempts());
    }

    @Test
    void anItemThatIsThrottledWithNobodyLeftToCompareIsGivenUp() {
        assertThatThrownBy(() -> retry.item("i", any -> any == Kind.THROTTLED, () -> {
                    assertThat(time.nanos()).isLessThan(POLICY.patience().toNanos());
                    return fail(Kind.THROTTLED);
                }))
                .isInstanceOfSatisfying(
                        Retry.GivenUp.class, e -> assertThat(e.attempts()).isEqualTo(20));
        assertThat(progress.snapshot().waiting()).contains("THROTTLED");
    }

    @Test
    void pausesGrowAndStayBelowTheLongest() {
        Random random = new Random(3);
        for (int failures : new int[] {1, 2, 3, 6, 10, 1000}) {
            long bound = Math.min(500L << Math.min(failures - 1, 20), 20_000);
            long longest = 0;
            for (int i = 0; i < 1000; i++) {
                long millis = POLICY.pause(failures, random).toMillis();
                assertThat(millis).isBetween(0L, bound);
                longest = Math.max(longest, millis);
            }
            assertThat(longest).as("full jitter reaches its bound").isGreaterThan(bound * 9 / 10);
        }
    }

    @Test
    void cancellingEndsAPause() {
        assertThatThrownBy(() -> retry.item("i", any -> false, () -> {
                    control.cancel("alice");
                    return fail(Kind.THROTTLED);
                }))
                .isInstanceOf(HaltedException.class);
    }

    @Test
    void theWindowHalvesOnceForARoundAndGrowsBackByOneForARound() throws Exception {
        long[] rounds = new long[8];
        for (int i = 0; i < rounds.length; i++) {
            rounds[i] = gate.enter();
        }
        for (long round : rounds) {
            gate.throttled(round);
            gate.leave();
        }
        assertThat(gate.limit()).isEqualTo(8);

        gate.throttled(gate.enter());
        assertThat(gate.limit()).isEqualTo(4);

        for (int i = 0; i < 5; i++) {
            gate.succeeded();
        }
        assertThat(gate.limit()).isEqualTo(5);
        for (int i = 0; i < 1000; i++) {
            gate.succeeded();
        }
        assertThat(gate.limit()).isEqualTo(16);
        control.setWorkers(3);
        assertThat(gate.limit()).isEqualTo(3);
    }

    private void otherItemSucceeds() throws EndpointException, InterruptedException {
        try {
            retry.item("other", any -> false, () -> "stored");
        } catch (Retry.GivenUp | HaltedException e) {
            throw new AssertionError(e);
        }
    }

    /** What other workers do while one sleeps between its attempts. */
    private interface Others {
        void work(Retry retry) throws Exception;
    }

    private Retry whileSleeping(Others others) {
        Retry[] shared = new Retry[1];
        Time busy = new Time() {
            private boolean working;

            @Override
            public long nanos() {
                return time.nanos();
            }

            @Override
            public void sleep(Duration duration) throws InterruptedException {
                time.sleep(duration);
                if (!working) {
                    working = true;
                    assertThatCode(() -> others.work(shared[0])).doesNotThrowAnyException();
                    working = false;
                }
            }
        };
        shared[0] = new Retry(POLICY, busy, new Random(1), new Halt(control, busy), gate, progress);
        return shared[0];
    }

    private static String fail(Kind kind) throws EndpointException {
        throw failure(kind);
    }

    private static EndpointException failure(Kind kind) {
        return new EndpointException("new", kind, "Tried to store on new but " + kind);
    }
}
