package org.cchq.migrate.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Results of Python's ast.literal_eval. */
class PythonLiteralTest {
    static Stream<Arguments> literals() {
        return Stream.of(
                Arguments.of("1", 1),
                Arguments.of("-7", -7),
                Arguments.of("0x1F", 31),
                Arguments.of("0o17", 15),
                Arguments.of("1_000", 1000),
                Arguments.of("4294967296", 4294967296L),
                Arguments.of("18446744073709551616", new BigInteger("18446744073709551616")),
                Arguments.of("0.9", 0.9),
                Arguments.of("1e3", 1000.0),
                Arguments.of(".5", 0.5),
                Arguments.of("True", true),
                Arguments.of("'a b'", "a b"),
                Arguments.of("\"it's\"", "it's"),
                Arguments.of("'a' 'b'", "ab"),
                Arguments.of("'\\x41\\n\\u00e4'", "A\n\u00e4"),
                Arguments.of("'x' # comment", "x"),
                Arguments.of("['/dev/sdb', \"c\",]", List.of("/dev/sdb", "c")),
                Arguments.of("(1, 2)", List.of(1, 2)),
                Arguments.of("(1)", 1),
                Arguments.of("1, 2", List.of(1, 2)),
                Arguments.of("{'a': [1, {'b': None}]}", Map.of("a", List.of(1, nullable()))));
    }

    private static Map<String, Object> nullable() {
        Map<String, Object> map = new HashMap<>();
        map.put("b", null);
        return map;
    }

    @ParameterizedTest
    @MethodSource("literals")
    void readsLiterals(String text, Object value) {
        assertThat(PythonLiteral.read(text)).isEqualTo(value);
    }

    @Test
    void readsNone() {
        assertThat(PythonLiteral.read("None")).isNull();
        assertThat(PythonLiteral.read("[None]")).isEqualTo(Arrays.asList((Object) null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "yes",
                "true",
                "10.0.0.1",
                "010",
                "a,b",
                "/dev/xvdb x=1",
                "[a]",
                "['a'",
                "'a",
                "1 2",
                "4G",
                "1+1",
                "abc # not a comment",
                "{'a'}x",
                "--",
                "",
                "'a\\",
                "b'x'"
            })
    void leavesEverythingElseAsText(String text) {
        assertThat(PythonLiteral.read(text)).isEqualTo(text);
    }

    @Test
    void survivesDeepNesting() {
        String deep = "[".repeat(100_000);

        assertThat(PythonLiteral.read(deep)).isEqualTo(deep);
    }
}
