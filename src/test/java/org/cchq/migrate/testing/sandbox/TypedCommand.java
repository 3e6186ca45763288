package org.cchq.migrate.testing.sandbox;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A command as an operator types it, run as a process of its own; what it prints is shown at once and kept. */
final class TypedCommand implements AutoCloseable {
    private final String typed;
    private final Process process;
    private final List<String> output = Collections.synchronizedList(new ArrayList<>());
    private final List<Thread> readers = new ArrayList<>();

    private TypedCommand(String typed, Process process) {
        this.typed = typed;
        this.process = process;
    }

    /**
     * Starts one.
     *
     * @param words the program, relative to the checkout, and its arguments
     */
    static TypedCommand start(DemoConsole console, Path checkout, Map<String, String> environment, String... words)
            throws IOException {
        List<String> shown = List.of(words).stream().map(TypedCommand::quoted).toList();
        console.typed(shown);
        ProcessBuilder builder = new ProcessBuilder(words).directory(checkout.toFile());
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().putAll(environment);
        TypedCommand command = new TypedCommand(String.join(" ", shown), builder.start());
        command.read(command.process.getInputStream(), console, true);
        command.read(command.process.getErrorStream(), console, false);
        return command;
    }

    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./=:,@%+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    private void read(InputStream stream, DemoConsole console, boolean keep) {
        Consumer<Optional<String>> shown = console.folding();
        Thread reader = new Thread(
                () -> {
                    try (BufferedReader lines =
                            new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                            if (keep) {
                                output.add(line);
                            }
                            shown.accept(Optional.of(line));
                        }
                        shown.accept(Optional.empty());
                    } catch (IOException e) {
                        console.line("(output lost: " + e.getMessage() + ")");
                    }
                },
                "output of " + typed);
        reader.setDaemon(true);
        reader.start();
        readers.add(reader);
    }

    boolean running() {
        return process.isAlive();
    }

    /** Its exit status. */
    int await(Duration atMost) throws IOException, InterruptedException {
        if (!process.waitFor(atMost.toSeconds(), TimeUnit.SECONDS)) {
            close();
            throw new IOException("still running after " + atMost.toSeconds() + " s: " + typed);
        }
        for (Thread reader : readers) {
            reader.join(5000);
        }
        return process.exitValue();
    }

    /** Lines of standard output. */
    List<String> output() {
        synchronized (output) {
            return List.copyOf(output);
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
