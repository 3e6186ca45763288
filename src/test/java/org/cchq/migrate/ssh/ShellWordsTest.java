package org.cchq.migrate.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ShellWordsTest {
    static final List<String> HOSTILE = List.of(
            "",
            " ",
            "'",
            "''",
            "'\"'\"'",
            "\"",
            "\\",
            "\\'",
            "a b",
            "$HOME",
            "${HOME}",
            "$(id)",
            "`id`",
            "; id",
            "& id",
            "| id",
            "> /dev/null",
            "*",
            "?",
            "[a-z]*",
            "~",
            "~root",
            "!!",
            "#x",
            "-n",
            "--",
            "a=b",
            "{a,b}",
            "line\nline",
            "tab\tand\rreturn",
            "\u0007\u001b[31m",
            "schöne Grüße 𝄞 key/ÿ",
            "%s %d %%",
            "end\\");

    static List<String> hostile() {
        return HOSTILE;
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void aShellGivesTheWordBack(String word) throws Exception {
        assertThat(shell("printf '%s|' " + ShellWords.quote(word))).isEqualTo(word + "|");
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void twoShellsInARowGiveTheWordBack(String word) throws Exception {
        String inner = "printf '%s|' " + ShellWords.quote(word);

        assertThat(shell("sh -c " + ShellWords.quote(inner))).isEqualTo(word + "|");
    }

    @Test
    void joinsWordsByBlanks() {
        assertThat(ShellWords.join(List.of("run_blob_migration", "--log-dir=/opt/data/x", "a b")))
                .isEqualTo("run_blob_migration --log-dir=/opt/data/x 'a b'");
    }

    @Test
    void refusesWhatNoArgumentCanHold() {
        assertThatThrownBy(() -> ShellWords.quote("a\0b")).isInstanceOf(IllegalArgumentException.class);
    }

    private static String shell(String script) throws Exception {
        Process process = new ProcessBuilder("sh", "-c", script).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
