package org.cchq.migrate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
    @TempDir
    Path directory;

    @Test
    void namesTheNearestCommandAndEndsWithTwo() {
        Said said = said();

        assertThat(said.run("sandbox", "statsu")).isEqualTo(2);
        assertThat(said.err()).contains("unknown command 'statsu'; did you mean 'status'?");
        assertThat(said.out()).isEmpty();
    }

    @Test
    void namesTheNearestOption() {
        Said said = said();

        assertThat(said.run("sandbox", "run", "blobs", "back-fill", "--num-worker=3"))
                .isEqualTo(2);
        assertThat(said.err()).contains("unknown option --num-worker").contains("--num-workers");
    }

    @Test
    void aCommandLineThatStopsTooEarlyIsAUsageError() {
        assertThat(said().run()).isEqualTo(2);
        assertThat(said().run("sandbox")).isEqualTo(2);
        assertThat(said().run("--contrl", "sandbox", "status")).isEqualTo(2);
    }

    @Test
    void helpNamesEveryCommand() {
        Said said = said();

        assertThat(said.run("help")).isZero();
        assertThat(said.out()).contains(Main.commands().keySet());
    }

    @Test
    void anUnknownEnvironmentsDirectoryIsRefused() {
        Said said = said();

        assertThat(said.run("sandbox", "status")).isEqualTo(1);
        assertThat(said.err()).contains("COMMCARE_CLOUD_ENVIRONMENTS");
    }

    private Said said() {
        return new Said(Map.of(), directory);
    }
}
