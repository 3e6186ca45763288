package org.cchq.migrate.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server program as a child of this process, with its output in a file; ended by its process, never by name. */
public final class ChildServer implements AutoCloseable {
    private final String name;
    private final Process process;
    private final Path log;
    private final int port;

    private ChildServer(String name, Process process, Path log, int port) {
        this.name = name;
        this.process = process;
        this.log = log;
        this.port = port;
    }

    /** Starts it in its directory and returns when the port answers. */
    public static ChildServer start(String name, Path directory, int port, List<String> command) throws Exception {
        Path log = directory.resolve("output.log");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        ChildServer server = new ChildServer(name, process, log, port);
        try {
            Eventually.holds(name + " on port " + port, Duration.ofSeconds(30), server::answers);
        } catch (Exception | AssertionError e) {
            server.close();
            throw e;
        }
        return server;
    }

    public long pid() {
        return process.pid();
    }

    public int port() {
        return port;
    }

    private boolean answers() throws IOException {
        if (!process.isAlive()) {
            throw new IOException(name + " ended with " + process.exitValue() + ": " + Files.readString(log));
        }
        return Ports.answers(port);
    }

    @Override
    public void close() throws InterruptedException {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        children.forEach(ProcessHandle::destroyForcibly);
    }
}
