package org.cchq.migrate.testing.bench;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A client as a process, and what it cost: the whole process, start and end included. */
final class Child {
    private static final double TICKS_PER_SECOND = 100;

    /**
     * What a process cost.
     *
     * @param startedNanos {@link System#nanoTime} before it was started
     * @param cpuSeconds user and system time, by 10 ms
     * @param peakKiB largest resident set ({@code VmHWM}), looked at every 10 ms
     */
    record Cost(int exit, long startedNanos, double seconds, double cpuSeconds, long peakKiB) {}

    /** When to end a process that would go on. */
    @FunctionalInterface
    interface Until {
        boolean reached();
    }

    private Child() {}

    /**
     * Runs a command to its end.
     *
     * @param environment added to this process's; a variable with an empty value is removed
     * @param output gets stdout and stderr
     * @throws IOException with the end of its output, if it fails or takes longer than the limit
     */
    static Cost run(List<String> command, Map<String, String> environment, Path output, Duration limit)
            throws IOException, InterruptedException {
        Cost cost = run(command, environment, output, limit, () -> false);
        if (cost.exit != 0) {
            throw new IOException(command.get(0) + " ended with " + cost.exit + ":\n" + tail(output));
        }
        return cost;
    }

    /** The same, but ended by SIGTERM as soon as {@code until} is reached, whatever its exit code is then. */
    static Cost run(List<String> command, Map<String, String> environment, Path output, Duration limit, Until until)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(output.toFile());
        environment.forEach((name, value) -> {
            if (value.isEmpty()) {
                builder.environment().remove(name);
            } else {
                builder.environment().put(name, value);
            }
        });
        // Time of ended children is added to their parent's; nothing else that this process started ends meanwhile.
        double before = endedChildren();
        long start = System.nanoTime();
        Process process = builder.start();
        Thread killer = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(killer);
        Path status = Path.of("/proc/" + process.pid() + "/status");
        long peak = 0;
        boolean asked = false;
        while (!process.waitFor(10, TimeUnit.MILLISECONDS)) {
            peak = Math.max(peak, peak(status));
            if (!asked && until.reached()) {
                asked = true;
                process.destroy();
            }
            if (System.nanoTime() - start > limit.toNanos()) {
                process.destroyForcibly().waitFor();
                throw new IOException(command.get(0) + " was not done after " + limit + ":\n" + tail(output));
            }
        }
        long end = System.nanoTime();
        try {
            Runtime.getRuntime().removeShutdownHook(killer);
        } catch (IllegalStateException e) {
            throw new InterruptedException("this process is being ended");
        }
        return new Cost(process.exitValue(), start, (end - start) / 1e9, endedChildren() - before, peak);
    }

    private static long peak(Path status) {
        try {
            for (String line : Files.readAllLines(status, StandardCharsets.ISO_8859_1)) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
        } catch (IOException e) {
            // it has just ended
        }
        return 0;
    }

    /** {@code cutime + cstime} of this process, fields 16 and 17 of /proc/self/stat. */
    private static double endedChildren() throws IOException {
        String stat = Files.readString(Path.of("/proc/self/stat"), StandardCharsets.ISO_8859_1);
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) / TICKS_PER_SECOND;
    }

    private static String tail(Path output) throws IOException {
        List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    }
}
