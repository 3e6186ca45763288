package org.cchq.migrate.testing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against values computed with PL/Proxy's hash. */
class ParentShardTest {
    @ParameterizedTest
    @CsvSource({
        "a, 585",
        "abc, 734",
        "IcdsFile, 157",
        "0123456789abcdef0123456789abcdef, 589",
        "d2a5a1c8-0d0d-4c4e-8d5b-3f5a9e7a1b2c, 10",
        "test-domain, 145",
        "\u00e9, 280",
    })
    void agreesWithPlProxy(String parent, int shard) {
        assertThat(ParentShard.of(parent, 1024)).isEqualTo(shard);
    }
}
