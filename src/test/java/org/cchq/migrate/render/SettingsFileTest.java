package org.cchq.migrate.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.base.UserException;
import org.junit.jupiter.api.Test;

class SettingsFileTest {
    private static final String WANTED = SettingsFile.MARK + """
            : all of it
            OTHER = 'ours'
            S3_BLOB_DB_SETTINGS = {
                'url': 'http://new:8081',
                'secret_key': 'n',
            }
            OLD_S3_BLOB_DB_SETTINGS = {'url': 'http://old:8080'}
            BLOB_DB_MIGRATING_FROM_S3_TO_S3 = True
            """;

    @Test
    void readsWhatIsALiteralAndLeavesTheRestOut() throws Exception {
        SettingsFile file = SettingsFile.parse("""
                import os  # = 1
                A = 1; B = 2
                TEXT = 'it\\'s # no comment'  # a comment
                LONG = '''one
                B = 3
                '''
                NESTED = {'a': [1, None,  # inside
                    True], "b": ('x',)}
                CALL = os.environ.get('X', 'y')
                CHAINED = OTHER = 5
                if A == 1:
                    INDENTED = 6
                LAST = 1
                LAST = \\
                    2
                ODD = 'tab\\t \\x01 \\u2028 \\\\ 😀'
                """);

        assertThat(file.made()).isFalse();
        assertThat(file.values())
                .containsOnlyKeys("TEXT", "LONG", "NESTED", "LAST", "ODD")
                .containsEntry("TEXT", "it's # no comment")
                .containsEntry("LONG", "one\nB = 3\n")
                .containsEntry("NESTED", Map.of("a", Arrays.asList(1, null, true), "b", List.of("x")))
                .containsEntry("LAST", 2)
                .containsEntry("ODD", "tab\t \u0001 \u2028 \\ 😀");
    }

    @Test
    void replacesAFileOfItsOwnAsAWhole() throws Exception {
        assertThat(SettingsFile.merge(SettingsFile.MARK + " before\nGONE = 1\n", WANTED))
                .isEqualTo(WANTED);
    }

    @Test
    void leavesEveryOtherByteOfAForeignFile() throws Exception {
        String there =
                "import os\r\nX = os.getcwd()  # S3_BLOB_DB_SETTINGS\nS3_BLOB_DB_SETTINGS = {'url': 'http://old:8080',\n"
                        + " 'secret_key': 'o'} # theirs\n\tY = 1\nZ = '''\nOLD_S3_BLOB_DB_SETTINGS = 1\n'''";

        String merged = SettingsFile.merge(there, WANTED);

        assertThat(merged)
                .isEqualTo("import os\r\nX = os.getcwd()  # S3_BLOB_DB_SETTINGS\n"
                        + "S3_BLOB_DB_SETTINGS = {\n    'url': 'http://new:8081',\n    'secret_key': 'n',\n}\n"
                        + "OLD_S3_BLOB_DB_SETTINGS = {'url': 'http://old:8080'}\n"
                        + "BLOB_DB_MIGRATING_FROM_S3_TO_S3 = True\n"
                        + "\tY = 1\nZ = '''\nOLD_S3_BLOB_DB_SETTINGS = 1\n'''");
        assertThat(SettingsFile.merge(merged, WANTED)).isEqualTo(merged);
    }

    @Test
    void keepsTheirWritingOfAnEqualValueAndRemovesWhatIsOver() throws Exception {
        String there = """
                S3_BLOB_DB_SETTINGS = dict()
                S3_BLOB_DB_SETTINGS = { "secret_key" : "n", "url":'http://new' ':8081' }
                OLD_S3_BLOB_DB_SETTINGS = {'url': 'x'}
                BLOB_DB_MIGRATING_FROM_S3_TO_S3 = True
                KEEP = 1
                """;
        String wanted = "S3_BLOB_DB_SETTINGS = {'url': 'http://new:8081', 'secret_key': 'n'}\n";

        assertThat(SettingsFile.merge(there, wanted)).isEqualTo("""
                S3_BLOB_DB_SETTINGS = { "secret_key" : "n", "url":'http://new' ':8081' }
                KEEP = 1
                """);
    }

    @Test
    void addsAtTheEndWhereNoneWas() throws Exception {
        assertThat(SettingsFile.merge("A = 1", WANTED)).startsWith("A = 1\nS3_BLOB_DB_SETTINGS = {\n");
        assertThat(SettingsFile.merge("", "BLOB_DB_MIGRATING_FROM_FS_TO_S3 = True\n"))
                .isEqualTo("BLOB_DB_MIGRATING_FROM_FS_TO_S3 = True\n");
    }

    @Test
    void refusesWhatCannotBeReplacedLineForLine() {
        String there = """
                if True:
                    S3_BLOB_DB_SETTINGS = {}
                A = 1; BLOB_DB_MIGRATING_FROM_S3_TO_S3 = True
                OLD_S3_BLOB_DB_SETTINGS['url'] = 'x'
                """;

        assertThatThrownBy(() -> SettingsFile.merge(there, WANTED))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("line 2: S3_BLOB_DB_SETTINGS")
                .hasMessageContaining("line 3: BLOB_DB_MIGRATING_FROM_S3_TO_S3")
                .hasMessageContaining("line 4: OLD_S3_BLOB_DB_SETTINGS");
    }

    @Test
    void refusesAFileThatPythonCannotRead() {
        assertThatThrownBy(() -> SettingsFile.parse("A = 1\nB = {'a': 1\n")).hasMessageContaining("line 2: a bracket");
        assertThatThrownBy(() -> SettingsFile.parse("A = 'x\n")).hasMessageContaining("line 1: a text in quotes");
    }
}
