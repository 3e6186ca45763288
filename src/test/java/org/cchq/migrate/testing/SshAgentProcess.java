package org.cchq.migrate.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real ssh-agent, in a directory of the test's, ended by its process. */
public final class SshAgentProcess implements AutoCloseable {
    private final Process process;
    private final Path socket;

    private SshAgentProcess(Process process, Path socket) {
        this.process = process;
        this.socket = socket;
    }

    public static SshAgentProcess start(Path directory) throws Exception {
        Path socket = directory.resolve("agent.socket");
        Process process = new ProcessBuilder(
                        RequiredProgram.find("ssh-agent", "openssh-client").toString(), "-D", "-a", socket.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        Eventually.holds("the agent's socket", Duration.ofSeconds(10), () -> Files.exists(socket));
        return new SshAgentProcess(process, socket);
    }

    public Path socket() {
        return socket;
    }

    /** Gives it a key; the file is not needed any more then. */
    public void add(Path privateKey) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                List.of(RequiredProgram.find("ssh-add", "openssh-client").toString(), "-q", privateKey.toString()));
        builder.environment().put("SSH_AUTH_SOCK", socket.toString());
        Process add = builder.redirectErrorStream(true).start();
        String said = new String(add.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (add.waitFor() != 0) {
            throw new IOException("ssh-add failed: " + said);
        }
    }

    @Override
    public void close() throws Exception {
        process.destroy();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        Files.deleteIfExists(socket);
    }
}
