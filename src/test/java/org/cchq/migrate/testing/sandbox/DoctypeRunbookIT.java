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

/** The short form of {@code bin/demo doctype}: the commands of docs/runbooks/doctype.md, in order, with fewer documents. */
class DoctypeRunbookIT {
    @Test
    @Timeout(900)
    void itsCommandsMoveTheDocumentsOfASiteThatGoesOnWorking() throws Exception {
        RequiredProgram.find("nginx", "nginx");
        RequiredProgram.find("sshd", "openssh-server");
        RequiredProgram.find("sudo", "sudo");
        RequiredProgram.find("python3", "python3");
        RequiredProgram.find("script", "bsdutils");
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream shown = new PrintStream(said, true, StandardCharsets.UTF_8);
        Map<String, Object> result;
        try (DoctypeDemo demo = new DoctypeDemo(Path.of("").toAbsolutePath(), 400, new DemoConsole(shown))) {
            result = demo.run();
        } catch (Exception | AssertionError e) {
            throw new AssertionError(said.toString(StandardCharsets.UTF_8), e);
        }

        assertThat(result).as(said.toString(StandardCharsets.UTF_8)).containsEntry("result", "ok");
        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("the flip is deployed", "the release before is deployed", "is at cleaned", "All caught up!");
    }
}
