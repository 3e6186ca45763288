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

/** The short form of {@code bin/demo metadata}: the commands of docs/runbooks/blob-metadata.md, in order. */
class MetadataRunbookIT {
    @Test
    @Timeout(900)
    void itsCommandsMakeTheRowOfEveryBlobAndTakeItBack() throws Exception {
        RequiredProgram.find("nginx", "nginx");
        RequiredProgram.find("sshd", "openssh-server");
        RequiredProgram.find("sudo", "sudo");
        RequiredProgram.find("tmux", "tmux");
        RequiredProgram.find("python3", "python3");
        RequiredProgram.find("psql", "postgresql-client");
        RequiredProgram.find("script", "bsdutils");
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream shown = new PrintStream(said, true, StandardCharsets.UTF_8);
        Map<String, Object> result;
        try (MetadataDemo demo = new MetadataDemo(Path.of("").toAbsolutePath(), 600, new DemoConsole(shown))) {
            result = demo.run();
        } catch (Exception | AssertionError e) {
            throw new AssertionError(said.toString(StandardCharsets.UTF_8), e);
        }

        assertThat(result).as(said.toString(StandardCharsets.UTF_8)).containsEntry("result", "ok");
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("Migration log: ", "-verify: complete");
    }
}
