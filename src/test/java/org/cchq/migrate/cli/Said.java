package org.cchq.migrate.cli;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.console.Console;

/** The whole program in this JVM, and what it said. */
final class Said {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Map<String, String> variables;
    private final Path directory;

    Said(Map<String, String> variables, Path directory) {
        this.variables = variables;
        this.directory = directory;
    }

    int run(String... args) {
        return run(Optional.empty(), args);
    }

    /** With somebody who types these lines. */
    int answering(String typed, String... args) {
        return run(Optional.of(new BufferedReader(new StringReader(typed))), args);
    }

    private int run(Optional<BufferedReader> answers, String... args) {
        Console console = new Console(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                answers,
                Console.Look.LOG,
                Clock.systemUTC());
        return new Main(variables, directory, console, InputStream.nullInputStream()).run(args);
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
