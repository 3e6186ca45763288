package org.cchq.migrate.kind.doctypes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.junit.jupiter.api.Test;

class DocumentPlanTest {
    @Test
    void aDocumentThatTheTargetDoesNotKnowIsStoredWithItsWholeHistory() {
        Document leaf = leaf("3-c", "2-b", "1-a");

        DocumentPlan plan = DocumentPlan.of(List.of(leaf), List.of(leaf), List.of());

        assertThat(plan.pushes()).containsExactly(leaf);
        assertThat(plan.stale()).isEmpty();
    }

    @Test
    void anUpdateGrowsOnTheWholeHistoryOfTheTarget() {
        Document leaf = leaf("3-c", "2-b", "1-a");

        DocumentPlan plan = DocumentPlan.of(List.of(leaf), List.of(leaf), List.of(leaf("2-b", "1-a")));

        assertThat(plan.pushes()).containsExactly(leaf);
        assertThat(plan.stale()).isEmpty();
        assertThat(plan.strange()).isEmpty();
    }

    @Test
    void nothingIsStoredThatIsThere() {
        Document leaf = leaf("2-b", "1-a");

        DocumentPlan plan = DocumentPlan.of(List.of(leaf), List.of(leaf), List.of(leaf));

        assertThat(plan.pushes()).isEmpty();
    }

    /**
     * HQ stores revisions 3 and 4 as two roots. The history 1 to 5 would grow on 3, and 4 would come back to life when the
     * document is deleted.
     */
    @Test
    void amongBareRevisionsTheHistoryBeginsAtTheNewestAndTheOthersAreDeleted() {
        Document leaf = leaf("5-e", "4-d", "3-c", "2-b", "1-a");

        DocumentPlan plan = DocumentPlan.of(List.of(leaf), List.of(leaf), List.of(leaf("4-d"), leaf("3-c")));

        assertThat(plan.stale()).containsExactly("3-c");
        assertThat(plan.pushes()).hasSize(1);
        assertThat(Revisions.path(plan.pushes().get(0))).containsExactly("5-e", "4-d");
    }

    @Test
    void aBareRevisionBesideTheWinnerThatIsThereIsDeleted() {
        Document leaf = leaf("4-d", "3-c", "2-b", "1-a");

        DocumentPlan plan = DocumentPlan.of(List.of(leaf), List.of(leaf), List.of(leaf("4-d"), leaf("3-c")));

        assertThat(plan.stale()).containsExactly("3-c");
        assertThat(plan.pushes()).isEmpty();
    }

    @Test
    void aRevisionThatTheSourceHasNeverHadIsLeftAlone() {
        Document leaf = leaf("3-c", "2-b", "1-a");

        DocumentPlan plan = DocumentPlan.of(List.of(leaf), List.of(leaf), List.of(leaf("3-x", "2-b", "1-a")));

        assertThat(plan.strange()).containsExactly("3-x");
        assertThat(plan.stale()).isEmpty();
        assertThat(plan.pushes()).containsExactly(leaf);
    }

    @Test
    void aTombstoneGrowsOnTheNewestBareRevisionToo() {
        Document grave = leaf("5-e", "4-d", "3-c");
        grave.fields().put("_deleted", true);

        DocumentPlan plan = DocumentPlan.of(List.of(grave), List.of(grave), List.of(leaf("4-d"), leaf("3-c")));

        assertThat(plan.stale()).containsExactly("3-c");
        assertThat(Revisions.path(plan.pushes().get(0))).containsExactly("5-e", "4-d");
        assertThat(plan.pushes().get(0).deleted()).isTrue();
    }

    /** @param path newest first */
    private static Document leaf(String... path) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("_id", "a");
        fields.put("_rev", path[0]);
        fields.put(
                "_revisions",
                Map.of(
                        "start",
                        Revisions.generation(path[0]),
                        "ids",
                        Arrays.stream(path).map(rev -> rev.substring(2)).toList()));
        return new Document(fields);
    }
}
