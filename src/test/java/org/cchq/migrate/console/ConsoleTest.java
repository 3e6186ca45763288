package org.cchq.migrate.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConsoleTest {
    private static final String COMMAND = "printf '%s\\n' --log-dir=/opt/data/blobdb-migration-logs --chunk-size=1000"
            + " --num-workers=15 'it'\\''s \"one\"   word' \"and  another \\\" word\" back\\ slash"
            + " '--a-word-that-no-line-of-eighty-columns-can-hold and that is quoted, so it must not be broken: ever'";

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void aLongCommandIsWrappedOnATerminalAndMeansTheSame() throws Exception {
        console(new Console.Look(true, false, 80)).command(COMMAND);

        assertThat(said().lines())
                .hasSize(3)
                .filteredOn(line -> !line.contains("no-line-of-eighty"))
                .allMatch(line -> line.length() <= 80 && line.endsWith(" \\"));
        assertThat(shell(said())).isEqualTo(shell(COMMAND)).contains("it's \"one\"   word\n");
    }

    @Test
    void aCommandThatFitsStaysAsItIs() {
        console(new Console.Look(true, false, 80)).command("cchq-migrate east status");

        assertThat(said()).isEqualTo("cchq-migrate east status\n");
    }

    @Test
    void aLogGetsOneLine() {
        console(Console.Look.LOG).command(COMMAND);

        assertThat(said()).isEqualTo(COMMAND + "\n");
    }

    private Console console(Console.Look look) {
        PrintStream to = new PrintStream(err, true, StandardCharsets.UTF_8);
        return new Console(to, to, Optional.empty(), look, Clock.systemUTC());
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private static String shell(String script) throws Exception {
        Process shell = new ProcessBuilder("sh", "-c", script).start();
        String printed = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).isZero();
        return printed;
    }
}
