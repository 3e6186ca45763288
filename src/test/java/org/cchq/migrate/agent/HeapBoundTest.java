package org.cchq.migrate.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeapBoundTest {
    private static final long SMALL = 224L << 20;
    private static final long LARGE = SMALL + 1;

    private long heap = SMALL;
    private long afterCollection = SMALL;
    private int look;
    private final List<Integer> collections = new ArrayList<>();
    private final HeapBound bound = new HeapBound(() -> heap, () -> {
        collections.add(look);
        heap = afterCollection;
    });

    @Test
    void aSmallHeapIsLeftInPeace() {
        looks(1_000);

        assertThat(collections).isEmpty();
    }

    @Test
    void aHeapThatGrewIsCollectedAtOnceAndThenNotInTheNextTwoLooks() {
        looks(5);
        heap = LARGE;
        looks(1);
        heap = LARGE;
        looks(10);

        assertThat(collections).containsExactly(6, 9);
    }

    @Test
    void aHeapThatIsFullOfWhatIsNeededIsCollectedEverLessOften() {
        heap = LARGE;
        afterCollection = LARGE;
        looks(2_000);

        assertThat(collections).startsWith(1, 7, 19, 43, 91, 187, 379, 679, 979);
    }

    @Test
    void onceACollectionGainsSomethingTheHeapIsWatchedCloselyAgain() {
        heap = LARGE;
        afterCollection = LARGE;
        looks(50);
        afterCollection = SMALL;
        looks(50);
        int gained = collections.get(collections.size() - 1);
        heap = LARGE;
        looks(1);

        assertThat(gained).isEqualTo(91);
        assertThat(collections).endsWith(gained, 101);
    }

    @Test
    void aBoundOfTwiceWhatIsWantedIsLeftToJava() {
        assertThat(HeapBound.mayGrowTooLarge(2 * SMALL)).isFalse();
        assertThat(HeapBound.mayGrowTooLarge(2 * SMALL + 1)).isTrue();
    }

    private void looks(int count) {
        for (int i = 0; i < count; i++) {
            look++;
            bound.look();
        }
    }
}
