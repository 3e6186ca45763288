package org.cchq.migrate.testing.doctypes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** The agent's doctype commands as processes, some of which are killed. */
final class AgentRuns {
    private final Path jar;
    private final Path directory;
    private final Path settings;
    private final Random random;
    private int killed;

    AgentRuns(Path jar, Path directory, Path settings, long seed) {
        this.jar = jar;
        this.directory = directory;
        this.settings = settings;
        this.random = new Random(seed);
    }

    int killed() {
        return killed;
    }

    /** Runs a command to its end; its output. */
    String run(int status, String input, String... words) throws IOException, InterruptedException {
        Path output = directory.resolve("output.txt");
        Process process = start(output, input, words);
        int exit = process.waitFor();
        String said = Files.readString(output);
        if (exit != status) {
            throw new IOException(String.join(" ", words) + " ended with " + exit + ":\n" + said);
        }
        return said;
    }

    /**
     * Runs a command that is killed some times, each time after a random part of a time, and is left to end the last time.
     *
     * @param longest milliseconds
     */
    String killing(int times, int longest, String input, String... words) throws IOException, InterruptedException {
        for (int i = 0; i < times; i++) {
            Process process = start(directory.resolve("killed.txt"), input, words);
            if (process.waitFor(300 + random.nextInt(longest), TimeUnit.MILLISECONDS)) {
                if (process.exitValue() != 0) {
                    throw new IOException(String.join(" ", words) + " ended with " + process.exitValue() + ":\n"
                            + Files.readString(directory.resolve("killed.txt")));
                }
                return Files.readString(directory.resolve("killed.txt"));
            }
            process.destroyForcibly().waitFor();
            killed++;
        }
        return run(0, input, words);
    }

    /** Starts a command that goes on until it is stopped. */
    Process start(Path output, String input, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(), "-Xmx256m", "-jar", jar.toString()));
        command.addAll(List.of(words));
        command.add("--settings=" + settings);
        command.add("--state-dir=" + directory.resolve("state"));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        return process;
    }

    /** Ends a command in order, as ^C does. */
    static void stop(Process process) throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("did not end within a minute of SIGTERM");
        }
    }
}
