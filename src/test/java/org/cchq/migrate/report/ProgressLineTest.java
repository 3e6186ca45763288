package org.cchq.migrate.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.Outcome;
import org.cchq.migrate.migration.ProgressSnapshot;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    private static final Counts COUNTS =
            new Counts(8_626, Map.of(Outcome.COPIED, 8_608L, Outcome.MISSING_ON_SOURCE, 3L), 1_600_000_000L, 0);

    @Test
    void tellsEverythingWhereThereIsRoom() {
        assertThat(ProgressLine.of(Wording.COPY, snapshot(OptionalLong.of(20_000), ""), Integer.MAX_VALUE))
                .isEqualTo("copied 8,611 / 20,000  43 %  1.6 GB  702/s  61 MB/s  in flight 15  missing 3  failed 0"
                        + "  ETA 0:16");
    }

    @Test
    void leavesOutTheLessImportantOnANarrowTerminal() {
        assertThat(ProgressLine.of(Wording.COPY, snapshot(OptionalLong.of(20_000), ""), 79))
                .isEqualTo("copied 8,611 / 20,000  43 %  1.6 GB  702/s  missing 3  failed 0  ETA 0:16")
                .hasSizeLessThan(80);
    }

    @Test
    void inventsNoPercentageAndNoEndWhileTheTotalIsUnknown() {
        assertThat(ProgressLine.of(Wording.COPY, snapshot(OptionalLong.empty(), ""), 79))
                .doesNotContain("%", "ETA", "/ ");
    }

    @Test
    void saysWhyNothingMoves() {
        assertThat(ProgressLine.of(Wording.COPY, snapshot(OptionalLong.of(20_000), "new: 503 SlowDown"), 200))
                .contains("waiting: new: 503 SlowDown")
                .doesNotContain("ETA");
    }

    @Test
    void aCleanupDeletesAndAComparisonCompares() {
        assertThat(ProgressLine.of(
                        Wording.ofJob("20260101T000000.000Z-cleanup"), snapshot(OptionalLong.empty(), ""), 79))
                .isEqualTo("deleted 8,611  702/s  failed 0");
        assertThat(ProgressLine.of(
                        Wording.ofJob("20260101T000000.000Z-verify"), snapshot(OptionalLong.empty(), ""), 79))
                .startsWith("compared 8,611 ");
    }

    private static ProgressSnapshot snapshot(OptionalLong total, String waiting) {
        return new ProgressSnapshot(total, COUNTS, COUNTS, Duration.ofSeconds(40), 15, 702, 61_000_000, waiting);
    }
}
