package org.cchq.migrate.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.cchq.migrate.base.UserException;
import org.junit.jupiter.api.Test;

class PublicEditTest {
    private static final String FLAG = BlobFacts.MIGRATING;

    @Test
    void putsAFlagWhereItIsInOrder() throws UserException {
        String text =
                "localsettings:\n  AAA: 1\n  # of the bank\n  BANK: x  # why\n\n  # of the book\n  BOOK: 2\nother: 1\n";
        assertThat(put(text))
                .isEqualTo("localsettings:\n  AAA: 1\n  # of the bank\n  BANK: x  # why\n  " + FLAG
                        + ": True\n\n  # of the book\n  BOOK: 2\nother: 1\n");
    }

    @Test
    void putsAFlagBehindAValueOfManyLines() throws UserException {
        String text = "localsettings:\n  ALLOWED:\n    - a\n    - b # c\n  # after\nother: |\n  # no comment\n";
        assertThat(put(text))
                .isEqualTo("localsettings:\n  ALLOWED:\n    - a\n    - b # c\n  " + FLAG
                        + ": True\n  # after\nother: |\n  # no comment\n");
        String block = "localsettings:\n    A: |\n      one\n      # two\n\n    # after\nother: 1\n";
        assertThat(put(block))
                .isEqualTo("localsettings:\n    A: |\n      one\n      # two\n    " + FLAG
                        + ": True\n\n    # after\nother: 1\n");
    }

    @Test
    void putsAFlagBehindAliasesAndEmptyValues() throws UserException {
        assertThat(put("base: &b\n  x: 1\nlocalsettings:\n  A: *b\n")).endsWith("  A: *b\n  " + FLAG + ": True\n");
        assertThat(put("localsettings:\n  A:\nz: 1\n")).isEqualTo("localsettings:\n  A:\n  " + FLAG + ": True\nz: 1\n");
    }

    @Test
    void makesTheMappingWhereThereIsNone() throws UserException {
        assertThat(put("a: 1\n")).isEqualTo("a: 1\nlocalsettings:\n  " + FLAG + ": True\n");
        assertThat(put("a: 1")).isEqualTo("a: 1\nlocalsettings:\n  " + FLAG + ": True");
        assertThat(put("")).isEqualTo("localsettings:\n  " + FLAG + ": True\n");
        assertThat(put("localsettings:\nb: 2\n")).isEqualTo("localsettings:\n  " + FLAG + ": True\nb: 2\n");
        assertThat(put("localsettings: {}  # none\nb: 2\n"))
                .isEqualTo("localsettings:\n  " + FLAG + ": True  # none\nb: 2\n");
        assertThat(put("localsettings: ~\nb: 2\n")).isEqualTo("localsettings:\n  " + FLAG + ": True\nb: 2\n");
        assertThat(put("localsettings: null\nb: 2\n")).isEqualTo("localsettings:\n  " + FLAG + ": True\nb: 2\n");
    }

    @Test
    void editsAMappingInBraces() throws UserException {
        String text = "localsettings: {A: 1, B: [2, 3]} # c\nz: 1\n";
        String with = put(text);
        assertThat(with).isEqualTo("localsettings: {A: 1, B: [2, 3], " + FLAG + ": True} # c\nz: 1\n");
        assertThat(remove(with)).isEqualTo(text);
        assertThat(remove("localsettings: {" + FLAG + ": True, B: 2}\n")).isEqualTo("localsettings: {B: 2}\n");
        assertThat(remove("localsettings: {" + FLAG + ": True}\n")).isEqualTo("localsettings: {}\n");
    }

    @Test
    void removesAFlagWithItsCommentAndNothingElse() throws UserException {
        String text = "localsettings:\n  A: 1\n  '" + FLAG + "': True # now\n  # of b\n  B: 2\n";
        assertThat(remove(text)).isEqualTo("localsettings:\n  A: 1\n  # of b\n  B: 2\n");
    }

    @Test
    void leavesAnEmptyMappingRatherThanNothing() throws UserException {
        assertThat(remove("localsettings:\n  # why\n  " + FLAG + ": True\nb: 1\n"))
                .isEqualTo("localsettings: {}\n  # why\nb: 1\n");
    }

    @Test
    void keepsLineEndsOfWindowsAndAMissingLastOne() throws UserException {
        String text = "localsettings:\r\n  A: 1\r\n  Z: 2";
        assertThat(put(text)).isEqualTo("localsettings:\r\n  A: 1\r\n  " + FLAG + ": True\r\n  Z: 2");
        assertThat(remove(put(text))).isEqualTo(text);
        String last = "b: 1\r\nlocalsettings:\r\n  A: 1";
        assertThat(put(last)).isEqualTo("b: 1\r\nlocalsettings:\r\n  A: 1\r\n  " + FLAG + ": True");
        assertThat(remove(put(last))).isEqualTo(last);
    }

    @Test
    void countsCharactersBeyondTheBasicPlane() throws UserException {
        String text =
                "name: \"\uD83D\uDC1D\uD83D\uDC1D\" # \uD83D\uDC1D\nlocalsettings:\n  A: \"\uD83D\uDC1D\"\n  Z: 1\n";
        assertThat(put(text)).endsWith("  A: \"\uD83D\uDC1D\"\n  " + FLAG + ": True\n  Z: 1\n");
    }

    @Test
    void setsATopLevelKey() throws UserException {
        String text = "a: 1\ns3_blob_db_url: https://old  # the old one\nlocalsettings:\n  A: 1\n";
        PublicEdit edit = new PublicEdit(text, "public.yml")
                .putTop("s3_blob_db_url", "https://new")
                .putTop("s3_blob_db_s3_bucket", "b");
        assertThat(edit.text())
                .isEqualTo(
                        "a: 1\ns3_blob_db_url: https://new  # the old one\ns3_blob_db_s3_bucket: b\nlocalsettings:\n  A: 1\n");
        assertThat(edit.removeTop("s3_blob_db_s3_bucket")
                        .putTop("s3_blob_db_url", "https://old")
                        .text())
                .isEqualTo(text);
        assertThat(new PublicEdit("a: 1\n# of ls\nlocalsettings: {}\n", "p")
                        .putTop("s3_x", "1")
                        .text())
                .isEqualTo("a: 1\ns3_x: 1\n# of ls\nlocalsettings: {}\n");
        assertThat(new PublicEdit("s3_x:\nb: 1\n", "p").putTop("s3_x", "1").text())
                .isEqualTo("s3_x: 1\nb: 1\n");
    }

    @Test
    void refusesWhatItCannotEdit() {
        assertThatThrownBy(() -> put("localsettings: \"{{ other }}\"\n"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("public.yml:1");
        assertThatThrownBy(() -> put("{a: 1}\n")).hasMessageContaining("braces");
        assertThatThrownBy(() -> remove("localsettings:\n  ? " + FLAG + "\n  : True\n"))
                .hasMessageContaining("beginning of its line");
        assertThatThrownBy(() -> put("a: [\n")).hasMessageContaining("not valid YAML");
    }

    private static String put(String text) throws UserException {
        return new PublicEdit(text, "public.yml").putFlag(FLAG).text();
    }

    private static String remove(String text) throws UserException {
        return new PublicEdit(text, "public.yml").removeFlag(FLAG).text();
    }
}
