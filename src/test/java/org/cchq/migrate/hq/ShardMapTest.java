package org.cchq.migrate.hq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.store.row.DatabaseSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShardMapTest {
    @ParameterizedTest
    @CsvSource({
        "a, 1, 1, 9, 585",
        "abc, 0, 2, 14, 734",
        "IcdsFile, 1, 1, 13, 157",
        "d2a5a1c8-0d0d-4c4e-8d5b-3f5a9e7a1b2c, 0, 2, 10, 10",
        "test-domain, 1, 1, 1, 145",
        "\u00e9, 0, 0, 8, 280"
    })
    void findsTheShardOfAParent(String parentId, String of2, String of4, String of16, String of1024) {
        assertThat(oneShardEach(2).aliasOf(parentId)).isEqualTo(of2);
        assertThat(oneShardEach(4).aliasOf(parentId)).isEqualTo(of4);
        assertThat(oneShardEach(16).aliasOf(parentId)).isEqualTo(of16);
        assertThat(oneShardEach(1024).aliasOf(parentId)).isEqualTo(of1024);
    }

    @Test
    void unpartitionedEverythingIsInTheDefaultDatabase() {
        ShardMap map = ShardMap.unpartitioned(database("default"));

        assertThat(map.aliasOf("abc")).isEqualTo("default");
        assertThat(map.count()).isEqualTo(1);
    }

    @Test
    void refusesRangesThatAreNoPartition() {
        assertThatThrownBy(() -> new ShardMap(database("default"), List.of(new ShardMap.Shards(database("p1"), 1, 2))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static ShardMap oneShardEach(int count) {
        return new ShardMap(
                database("default"),
                IntStream.range(0, count)
                        .mapToObj(n -> new ShardMap.Shards(database(Integer.toString(n)), n, n))
                        .toList());
    }

    private static DatabaseSpec database(String alias) {
        return new DatabaseSpec(alias, "localhost", 5432, "hq_" + alias, "u", new Secret(""), Map.of());
    }
}
