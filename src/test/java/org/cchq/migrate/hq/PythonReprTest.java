package org.cchq.migrate.hq;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every expected text was printed by Python 3.11. */
class PythonReprTest {
    @Test
    void writesADictAsPythonDoes() {
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("id", "form.xml.Xyz");
        info.put("content_type", null);
        info.put("flags", Arrays.asList(true, false));
        info.put("length", 12);
        info.put("big", new BigInteger("12345678901234567890"));

        assertThat(PythonRepr.of(info))
                .isEqualTo("{'id': 'form.xml.Xyz', 'content_type': None, 'flags': [True, False], 'length': 12,"
                        + " 'big': 12345678901234567890}");
    }

    @Test
    void choosesTheQuoteAndEscapesAsPythonDoes() {
        assertThat(PythonRepr.of("it's")).isEqualTo("\"it's\"");
        assertThat(PythonRepr.of("'\"")).isEqualTo("'\\'\"'");
        assertThat(PythonRepr.of("a\\b\n\t\r\0\u007f\u00a0\u200b\u2028\ue000"))
                .isEqualTo("'a\\\\b\\n\\t\\r\\x00\\x7f\\xa0\\u200b\\u2028\\ue000'");
        assertThat(PythonRepr.of("\u00e9\ud83d\ude00\udb40\udc01")).isEqualTo("'\u00e9\ud83d\ude00\\U000e0001'");
        assertThat(PythonRepr.of("\ud800x")).isEqualTo("'\\ud800x'");
    }

    @Test
    void writesFloatsAsPythonDoes() {
        assertThat(PythonRepr.of(1.0)).isEqualTo("1.0");
        assertThat(PythonRepr.of(0.1)).isEqualTo("0.1");
        assertThat(PythonRepr.of(1e16)).isEqualTo("1e+16");
        assertThat(PythonRepr.of(1.5e-7)).isEqualTo("1.5e-07");
        assertThat(PythonRepr.of(123456789012345.0)).isEqualTo("123456789012345.0");
        assertThat(PythonRepr.of(0.0001)).isEqualTo("0.0001");
        assertThat(PythonRepr.of(-0.0)).isEqualTo("-0.0");
    }
}
