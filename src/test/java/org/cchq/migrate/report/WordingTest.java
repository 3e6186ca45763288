package org.cchq.migrate.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.cchq.migrate.migration.Counts;
import org.cchq.migrate.migration.Outcome;
import org.junit.jupiter.api.Test;

class WordingTest {
    private static final Counts COUNTS =
            new Counts(5, Map.of(Outcome.COPIED, 3L, Outcome.DIFFERS, 1L, Outcome.FAILED, 1L), 0, 0);

    @Test
    void eachPhaseHasItsOwnWordsAndNothingThatOccurredIsLeftOut() {
        assertThat(Wording.ofJob("20260101T000000.000Z-cleanup").rows(COUNTS).values())
                .containsExactly("deleted in the source", "differ on the target", "failed");
        assertThat(Wording.ofJob("20260101T000000.000Z-migrate").rows(COUNTS).values())
                .containsExactly("with rows inserted", "nothing to insert", "differ on the target", "refused");
        assertThat(Wording.ofJob("20260101T000000.000Z-back").rows(COUNTS).values())
                .containsExactly("removed", "differ on the target", "failed");
        assertThat(Wording.ofJob("20260101T000000.000Z-back-fill").rows(COUNTS))
                .hasSize(7)
                .containsEntry(Outcome.COPIED, "copied");
    }

    @Test
    void aBackFillIsDoneWhereSomethingWasThereAlready() {
        assertThat(Wording.COPY.done(COUNTS)).isEqualTo("copied");
        assertThat(Wording.COPY.done(new Counts(1, Map.of(Outcome.ALREADY_THERE, 1L), 0, 0)))
                .isEqualTo("done");
        assertThat(Wording.COMPARISON.done(COUNTS)).isEqualTo("compared");
    }
}
