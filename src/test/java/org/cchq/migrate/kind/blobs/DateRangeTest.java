package org.cchq.migrate.kind.blobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import org.cchq.migrate.base.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DateRangeTest {
    @ParameterizedTest
    @CsvSource({
        "20180109-20190109, 2018-01-09-2019-01-09",
        "20180109, None-2018-01-09",
        "20180109-, 2018-01-09-None",
        "-20180109, None-2018-01-09",
        "-, None-None"
    })
    void readsEitherSide(String text, String range) throws Exception {
        assertThat(DateRange.parse(text)).hasToString(range);
    }

    @Test
    void takesTheWholeLastDayInUtc() throws Exception {
        DateRange range = DateRange.parse("20180109-20180109");

        assertThat(range).isEqualTo(DateRange.of(LocalDate.of(2018, 1, 9)));
        assertThat(range.from()).isEqualTo(Optional.of(Instant.parse("2018-01-09T00:00:00Z")));
        assertThat(range.until()).isEqualTo(Optional.of(Instant.parse("2018-01-10T00:00:00Z")));
    }

    @Test
    void complainsInTheWordsOfHq() {
        assertThatThrownBy(() -> DateRange.parse("20180109-20180110-20180111"))
                .isInstanceOf(UserException.class)
                .hasMessage("bad date range: ['20180109', '20180110', '20180111']");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2018019", "20181301", "20180229", "today", "2018 0101", "20180101 "})
    void refusesWhatIsNoDate(String value) {
        assertThatThrownBy(() -> DateRange.parse(value)).hasMessage("bad date value: " + value);
    }

    @Test
    void refusesARangeThatEndsBeforeItBegins() {
        assertThatThrownBy(() -> DateRange.parse("20190101-20180101")).hasMessageStartingWith("bad date range: ");
    }
}
