package org.cchq.migrate.testing.sandbox;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
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

/**
 * A command as an operator types it, run as a process of its own; what it prints is shown at once and kept. Either on a
 * terminal of 80 columns, where questions are answered, or with its output in pipes, as a script runs it.
 */
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
     * Starts one without a terminal; only its standard output is kept.
     *
     * @param words the program, relative to the checkout, and its arguments
     */
    static TypedCommand start(DemoConsole console, Path checkout, Map<String, String> environment, String... words)
            throws IOException {
        List<String> shown = shown(words);
        console.typed(shown);
        ProcessBuilder builder = new ProcessBuilder(words).directory(checkout.toFile());
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().putAll(environment);
        TypedCommand command = new TypedCommand(String.join(" ", shown), builder.start());
        command.read(command.process.inputReader(StandardCharsets.UTF_8), console, true);
        command.read(command.process.errorReader(StandardCharsets.UTF_8), console, false);
        return command;
    }

    /**
     * Starts one on a terminal; all that is seen there is kept.
     *
     * @param answer to every question: {@code y}; the name of the environment is typed where that is asked for
     */
    static TypedCommand onTerminal(
            DemoConsole console, Path checkout, Map<String, String> environment, String answer, String... words)
            throws IOException {
        List<String> shown = shown(words);
        console.typed(shown);
        String typed = String.join(" ", shown);
        ProcessBuilder builder = new ProcessBuilder("script", "-qefc", typed, "/dev/null").directory(checkout.toFile());
        builder.redirectErrorStream(true);
        builder.environment().putAll(environment);
        builder.environment().putAll(Map.of("COLUMNS", "80", "NO_COLOR", "yes", "TERM", "xterm", "SHELL", "/bin/sh"));
        TypedCommand command = new TypedCommand(typed, builder.start());
        Writer keyboard = command.process.outputWriter(StandardCharsets.UTF_8);
        Consumer<Optional<String>> folding = console.folding();
        Transcript transcript = new Transcript(
                line -> {
                    command.output.add(line);
                    folding.accept(Optional.of(line));
                },
                question -> type(
                        keyboard,
                        question.endsWith("environment:") || question.endsWith("environment: ") ? "sandbox" : answer));
        command.inBackground(console, command.process.inputReader(StandardCharsets.UTF_8), reader -> {
            transcript.read(reader);
            folding.accept(Optional.empty());
        });
        return command;
    }

    private static void type(Writer keyboard, String answer) {
        try {
            keyboard.write(answer + "\n");
            keyboard.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> shown(String... words) {
        return List.of(words).stream().map(TypedCommand::quoted).toList();
    }

    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./=:,@%+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    private void read(Reader stream, DemoConsole console, boolean keep) {
        Consumer<Optional<String>> shown = console.folding();
        inBackground(console, stream, reader -> {
            BufferedReader lines = new BufferedReader(reader);
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (keep) {
                    output.add(line);
                }
                shown.accept(Optional.of(line));
            }
            shown.accept(Optional.empty());
        });
    }

    private interface Reading {
        void to(Reader reader) throws IOException;
    }

    private void inBackground(DemoConsole console, Reader stream, Reading reading) {
        Thread reader = new Thread(
                () -> {
                    try (stream) {
                        reading.to(stream);
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

    /** Lines of the output that is kept. */
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
