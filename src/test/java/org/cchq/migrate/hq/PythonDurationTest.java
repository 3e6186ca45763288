package org.cchq.migrate.hq;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PythonDurationTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PT0S|0:00:00",
                "PT0.137354S|0:00:00.137354",
                "PT3H24M21.179518S|3:24:21.179518",
                "PT24H|1 day, 0:00:00",
                "PT62H5M|2 days, 14:05:00"
            })
    void readsLikeATimedelta(String duration, String text) {
        assertThat(PythonDuration.of(Duration.parse(duration))).isEqualTo(text);
    }
}
