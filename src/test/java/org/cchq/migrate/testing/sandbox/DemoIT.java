package org.cchq.migrate.testing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.cchq.migrate.testing.RequiredProgram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The short form of {@code bin/demo}: the same way through the program, with fewer rows. */
class DemoIT {
    private static final int ROWS = 600;

    @Test
    @Timeout(900)
    void endsWithoutAFinding() throws Exception {
        RequiredProgram.find("nginx", "nginx");
        RequiredProgram.find("sshd", "openssh-server");
        RequiredProgram.find("sudo", "sudo");
        RequiredProgram.find("python3", "python3");
        RequiredProgram.find("script", "bsdutils");
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        Map<String, Object> result;
        try (Demo demo = new Demo(
                Path.of("").toAbsolutePath(),
                ROWS,
                new DemoConsole(new PrintStream(said, true, StandardCharsets.UTF_8)))) {
            result = demo.run();
        }

        String text = said.toString(StandardCharsets.UTF_8);
        assertThat(result).as(text).containsEntry("result", "ok");
        assertThat(result).containsEntry("rows", ROWS);
        assertThat(text)
                .contains(
                        "# kill -9 of the agent at ", "nothing left running", "is at temp-flip", "sandbox is at final");
    }
}
