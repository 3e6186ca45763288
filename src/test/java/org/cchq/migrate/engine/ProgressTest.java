package org.cchq.migrate.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.cchq.migrate.migration.Outcome;
import org.cchq.migrate.migration.TimeLeft;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private static final ItemResult COPIED = ItemResult.of(Outcome.COPIED, 100);

    private final FakeTime time = new FakeTime();
    private final Progress progress = new Progress(time);

    @Test
    void ratesAreThoseOfTheLastHalfMinute() throws Exception {
        work(60, 100);
        work(60, 10);

        assertThat(progress.snapshot().itemsPerSecond()).isCloseTo(10, within(0.5));
        assertThat(progress.snapshot().bytesPerSecond()).isCloseTo(1_000, within(50.0));

        time.sleep(Duration.ofMinutes(5));
        assertThat(progress.snapshot().itemsPerSecond()).isZero();
    }

    @Test
    void noForecastBeforeItMeansSomething() throws Exception {
        work(60, 1);
        assertThat(TimeLeft.of(progress.snapshot())).as("total unknown").isEmpty();

        progress.total(6_001);
        assertThat(TimeLeft.of(progress.snapshot())).as("under 1 %").isEmpty();

        progress.total(600);
        assertThat(TimeLeft.of(progress.snapshot()).orElseThrow())
                .isBetween(Duration.ofSeconds(510), Duration.ofSeconds(570));

        progress.total(60);
        assertThat(TimeLeft.of(progress.snapshot())).as("all done").isEmpty();
    }

    @Test
    void noForecastInTheFirstHalfMinute() throws Exception {
        progress.total(100);
        work(29, 1);
        assertThat(TimeLeft.of(progress.snapshot())).isEmpty();
        work(1, 1);
        assertThat(TimeLeft.of(progress.snapshot())).isPresent();
    }

    private void work(int seconds, int itemsPerSecond) throws InterruptedException {
        for (int second = 0; second < seconds; second++) {
            for (int item = 0; item < itemsPerSecond; item++) {
                progress.ended(COPIED);
            }
            time.sleep(Duration.ofSeconds(1));
        }
    }
}
