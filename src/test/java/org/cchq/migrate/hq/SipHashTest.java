package org.cchq.migrate.hq;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SipHashTest {
    @ParameterizedTest
    @CsvSource({
        "a, 3449004617",
        "abc, 1198583518",
        "IcdsFile, 1040317597",
        "0123456789abcdef0123456789abcdef, 1344283213",
        "d2a5a1c8-0d0d-4c4e-8d5b-3f5a9e7a1b2c, 3172431882",
        "test-domain, 1212520593",
        "\u00e9, 215900440"
    })
    void hashesAsPlProxyDoes(String parentId, long low32) {
        assertThat(SipHash.low32(parentId)).isEqualTo(low32);
    }
}
